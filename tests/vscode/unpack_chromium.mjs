// Unpacks the browser of @sparticuz/chromium: unpack_chromium.mjs PACKAGE TARGET
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';

const [from, to] = process.argv.slice(2);
fs.mkdirSync(to, { recursive: true });
for (const name of fs.readdirSync(path.join(from, 'bin'))) {
  const file = path.join(to, name.replace(/\.br$/, ''));
  const packed = fs.createReadStream(path.join(from, 'bin', name));
  await pipeline(packed, zlib.createBrotliDecompress(), fs.createWriteStream(file, { mode: 0o755 }));
  if (file.endsWith('.tar')) {
    // Its graphics libraries lie beside the browser, all else in a folder of its own.
    const folder = name.startsWith('swiftshader') ? to : file.slice(0, -'.tar'.length);
    fs.mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xf', file, '-C', folder]);
    fs.rmSync(file);
  }
}
