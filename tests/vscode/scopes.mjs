// The TextMate grammar colors every .vms file of the repository as the server does, class by class:
// scopes.mjs TOOLS ROOT VMSC
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [tools, root, program] = process.argv.slice(2);
const require = createRequire(path.join(tools, 'vscode/package.json'));
const { loadWASM, OnigScanner, OnigString } = require('vscode-oniguruma');
const { INITIAL, Registry, parseRawGrammar } = require('vscode-textmate');

const files = [];
const folders = [root];
while (folders.length) {
  const folder = folders.pop();
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory() && !['target', '.git', 'node_modules'].includes(entry.name)) {
      folders.push(full);
    } else if (entry.isFile() && entry.name.endsWith('.vms')) {
      files.push(full);
    }
  }
}

const wasm = fs.readFileSync(path.join(tools, 'vscode/node_modules/vscode-oniguruma/release/onig.wasm'));
await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
const registry = new Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (sources) => new OnigScanner(sources),
    createOnigString: (text) => new OnigString(text),
  }),
  loadGrammar: async () => {
    const file = path.join(root, 'editors/vscode/syntaxes/vms.tmLanguage.json');
    return parseRawGrammar(fs.readFileSync(file, 'utf8'), file);
  },
});
const grammar = await registry.loadGrammar('source.vms');

// A client of the server, for its tokens.
const server = spawn(program, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
let next = 1;
const waiting = new Map();
let buffer = Buffer.alloc(0);
server.stdout.on('data', (data) => {
  buffer = Buffer.concat([buffer, data]);
  for (;;) {
    const head = buffer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/.exec(buffer.subarray(0, head).toString())[1]);
    if (buffer.length < head + 4 + length) return;
    const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString());
    buffer = buffer.subarray(head + 4 + length);
    waiting.get(message.id)?.(message);
  }
});
const send = (message) => {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};
const ask = (method, params) =>
  new Promise((resolve) => {
    waiting.set(next, resolve);
    send({ id: next++, method, params });
  });
const started = await ask('initialize', { capabilities: {} });
const legend = started.result.capabilities.semanticTokensProvider.legend.tokenTypes;
send({ method: 'initialized', params: {} });

// What a scope may be where the server says a class. Names differ: only the server knows what one means.
const NAMES = /^(variable|entity|keyword|constant\.language|constant\.other\.code|storage)/;
// A key may be quoted.
const QUOTED = /^(string|punctuation)/;
const CLASSES = {
  comment: /^comment/,
  string: /^(string|constant\.character\.escape|punctuation\.definition\.interpolation)/,
  number: /^constant\.numeric/,
  keyword: /^(keyword|constant\.language|variable\.language)/,
  operator: /^keyword\.operator/,
  decorator: /^storage\.modifier/,
};

let tokens = 0;
const wrong = [];
for (const file of files) {
  const text = fs.readFileSync(file, 'utf8');
  const uri = `file://${file}`;
  send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'vms', version: 1, text } } });
  const symbols = await ask('textDocument/semanticTokens/full', { textDocument: { uri } });
  const data = symbols.result?.data ?? [];
  send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
  // Files with syntax errors have tokens that no grammar can know.
  if (text.includes('\uFFFD') || !readable(file)) continue;
  let state = INITIAL;
  const lines = text.split('\n').map((line) => {
    const found = grammar.tokenizeLine(line.replace(/\r$/, ''), state);
    state = found.ruleStack;
    return { line, found: found.tokens };
  });
  let line = 0;
  let column = 0;
  for (let at = 0; at < data.length; at += 5) {
    line += data[at];
    column = data[at] ? data[at + 1] : column + data[at + 1];
    const type = legend[data[at + 3]];
    const scope = lines[line].found.find((token) => token.startIndex <= column && column < token.endIndex)?.scopes.at(-1) ?? '';
    const word = lines[line].line.slice(column, column + data[at + 2]);
    const wanted = CLASSES[type] ?? (word.startsWith('"') ? QUOTED : NAMES);
    tokens += 1;
    if (!wanted.test(scope)) {
      wrong.push(`${path.relative(root, file)}:${line + 1}:${column + 1}: \`${word}\` is ${type}, and ${scope}`);
    }
  }
}

function readable(file) {
  return !fs.existsSync(file.replace(/\.vms$/, '.stderr')) || !/error\[E0[01]\d\d\]/.test(fs.readFileSync(file.replace(/\.vms$/, '.stderr'), 'utf8'));
}

await ask('shutdown', null);
send({ method: 'exit' });
if (wrong.length || tokens < 10000) {
  console.error(wrong.slice(0, 60).join('\n'));
  console.error(`${wrong.length} of ${tokens} tokens of ${files.length} files have another color in the TextMate grammar`);
  process.exit(1);
}
console.log(`${tokens} tokens of ${files.length} files have the same class for the server and the TextMate grammar`);
