// Drives VS Code in a browser nobody sees, as a person would: drive.mjs [--picture FILE]
// TOOLS is what install.sh made, VSIX the packaged extension, VMSC the program, ROOT the repository.
import assert from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const { TOOLS, VSIX, VMSC, ROOT } = process.env;
const picture = process.argv[process.argv.indexOf('--picture') + 1];
const keeps = process.argv.includes('--picture');
const { chromium } = createRequire(path.join(TOOLS, 'vscode/package.json'))('playwright-core');
const entry = path.join(TOOLS, 'vscode/node_modules/code-server/out/node/entry.js');

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'vmsc-vscode-'));
const folder = (name) => {
  const made = path.join(scratch, name);
  fs.mkdirSync(made, { recursive: true });
  return made;
};
const write = (file, text) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
};

// The example, as a project of its own.
const project = folder('shop');
for (const name of ['stacks', 'charts', 'docker', 'vmsc.owned']) {
  fs.cpSync(path.join(ROOT, name), path.join(project, name), { recursive: true });
}
folder('shop/.git');
const stack = path.join(project, 'stacks/victoriametrics.vms');

const data = folder('data');
const settings = {
  'security.workspace.trust.enabled': false,
  'editor.semanticHighlighting.enabled': true,
  'editor.semanticTokenColorCustomizations': { enabled: true, rules: { 'property:vms': '#0a7aca' } },
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Light Modern',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'editor.minimap.enabled': false,
  'editor.wordBasedSuggestions': 'off',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'update.mode': 'none',
};
write(path.join(data, 'User/settings.json'), JSON.stringify(settings));
write(path.join(data, 'Machine/settings.json'), JSON.stringify({ 'vmsc.path': VMSC }));
write(path.join(scratch, 'config.yaml'), 'auth: none\n');
const env = {
  PATH: process.env.PATH,
  LANG: 'C.UTF-8',
  EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  HOME: folder('home'),
  TMPDIR: folder('tmp'),
  XDG_CONFIG_HOME: folder('home/config'),
  XDG_DATA_HOME: folder('home/data'),
  XDG_CACHE_HOME: folder('home/cache'),
  XDG_RUNTIME_DIR: folder('home/run'),
};
const common = ['--extensions-dir', folder('extensions'), '--user-data-dir', data, '--config', path.join(scratch, 'config.yaml')];

let said = '';
let server;
let browser;
let page;
try {
  execFileSync(process.execPath, [entry, ...common, '--install-extension', VSIX], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const flags = ['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check',
    '--disable-workspace-trust', '--disable-getting-started-override', '--disable-proxy'];
  server = spawn(process.execPath, [entry, ...common, ...flags, project], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const url = await new Promise((resolve, reject) => {
    const see = (text) => {
      said += text;
      const found = /HTTP server listening on (http:\/\/\S+)/.exec(said);
      if (found) resolve(found[1]);
    };
    server.stdout.on('data', see);
    server.stderr.on('data', see);
    server.on('exit', (code) => reject(new Error(`code-server ended: ${code}`)));
  });
  const chrome = path.join(TOOLS, 'chromium');
  browser = await chromium.launch({
    executablePath: path.join(chrome, 'chromium'),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
    env: { ...env, LD_LIBRARY_PATH: path.join(chrome, 'al2023/lib'), FONTCONFIG_FILE: path.join(chrome, 'fonts.conf') },
  });
  page = await browser.newPage({ viewport: { width: 1400, height: 860 } });
  page.setDefaultTimeout(60000);
  await page.goto(`${url}?folder=${encodeURIComponent(project)}`);
  await work(page);
} catch (error) {
  await page?.screenshot({ path: path.join(os.tmpdir(), 'vmsc-vscode-failed.png') }).catch(() => undefined);
  console.error(said);
  throw error;
} finally {
  await browser?.close();
  if (server) {
    server.removeAllListeners('exit');
    const ended = new Promise((resolve) => server.once('exit', resolve));
    process.kill(-server.pid, 'SIGTERM');
    await ended;
  }
  fs.rmSync(scratch, { recursive: true, force: true });
}

async function work(page) {
  const step = (what) => console.log(`  ${what}`);
  await page.locator('.monaco-workbench').waitFor();
  const rows = page.locator('.explorer-folders-view .monaco-list-row');
  await rows.filter({ hasText: 'stacks' }).first().click();
  await rows.filter({ hasText: 'victoriametrics.vms' }).dblclick();
  const editor = page.locator('.editor-instance .monaco-editor').first();
  const lines = editor.locator('.view-line');
  const squiggle = editor.locator('.squiggly-error').first();
  const shows = (text) => lines.filter({ hasText: text }).first().waitFor();
  const palette = async (what) => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill(`>${what}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: what }).first().click();
  };
  const goTo = async (line, column) => {
    await page.keyboard.press('Control+g');
    await page.locator('.quick-input-widget input').fill(`:${line}:${column}`);
    await page.keyboard.press('Enter');
    await page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  };
  // The keyboard goes to the editor, and the cursor to its start.
  const toEditor = async () => {
    const box = await editor.boundingBox();
    await page.mouse.click(box.x + box.width - 60, box.y + box.height / 2);
    await page.keyboard.press('Control+Home');
    await page.locator('.statusbar-item', { hasText: 'Ln 1, Col 1' }).waitFor();
  };
  const text = fs.readFileSync(stack, 'utf8').split('\n');
  const lineOf = (part) => text.findIndex((line) => line.includes(part)) + 1;

  // The server's colors: only it knows what a property is.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.view-line span > span')].some(
      (span) => span.textContent.trim() === 'retention' && getComputedStyle(span).color === 'rgb(10, 122, 202)',
    ),
  );
  step('the server colors');

  // The preview, which follows the cursor, and leads back.
  await toEditor();
  await palette('vmsc: Preview the Outputs');
  const frame = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  await frame.locator('.line', { hasText: /retention: "?30d/ }).first().waitFor();
  await toEditor();
  await goTo(lineOf('retention = 30d'), 5);
  await frame.locator('.line.marked', { hasText: /retention: "?30d/ }).first().waitFor();
  step('the preview follows the cursor');
  const leads = async (output, line, part) => {
    await frame.locator('#outputs').selectOption(output);
    await frame.locator('.line', { hasText: line }).first().waitFor();
    // The cursor is elsewhere before.
    await toEditor();
    await frame.locator('.line', { hasText: line }).first().click();
    await page.locator('.statusbar-item', { hasText: `Ln ${lineOf(part)}, ` }).waitFor();
  };
  await leads('docker/docker-compose.yml', '-retentionPeriod=30d', 'retention = 30d');
  await leads('docker/victoriametrics/scrape.yml', 'host.docker.internal:9191', 'targets  =');
  await frame.locator('#outputs').selectOption('charts/dox-asdlc/values.yaml');
  await toEditor();
  step('a line of an output leads to its setting');

  // A mistake is reported, and the report's fix mends it.
  await goTo(lineOf('retention = 30d'), 3);
  await page.keyboard.press('Shift+End');
  await page.keyboard.type('retentoin = 30d');
  await squiggle.waitFor();
  step('a mistake is reported');
  if (keeps) {
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
    await page.screenshot({ path: picture });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+z');
  }
  await goTo(lineOf('retention = 30d'), 5);
  await page.keyboard.press('Control+.');
  await page.locator('.action-widget', { hasText: 'A field with a similar name exists' }).waitFor();
  await page.keyboard.press('Enter');
  await squiggle.waitFor({ state: 'detached' });
  await shows('retention = 30d');
  step('its fix mends it');

  // Completion, with an empty line.
  await goTo(lineOf('retention = 30d'), 1);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Space');
  const offered = page.locator('.suggest-widget.visible');
  await offered.locator('.monaco-list-row').first().waitFor();
  await page.keyboard.type('nameO');
  await offered.locator('.monaco-list-row', { hasText: 'nameOverride' }).first().waitFor();
  await page.keyboard.press('Enter');
  await shows('nameOverride = ');
  await page.keyboard.press('Escape');
  await palette('Delete Line');
  step('it completes');

  // Rename and format.
  await goTo(lineOf('let tag'), 6);
  await page.keyboard.press('F2');
  const name = page.locator('.rename-box input, .rename-input');
  await name.waitFor();
  await name.fill('release');
  await page.keyboard.press('Enter');
  await shows('version   = release');
  step('it renames');
  await goTo(lineOf('let tag'), 1);
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('let   odd=1');
  await page.keyboard.press('Control+s');
  await shows('let odd = 1');
  step('it formats on save');

  // The build, from the palette.
  await goTo(lineOf('size = 10Gi') + 1, 1);
  await lines.filter({ hasText: 'size = 10Gi' }).getByText('10Gi').dblclick();
  await page.keyboard.type('20Gi');
  await palette('vmsc: Build');
  await page.locator('.notification-toast', { hasText: 'wrote' }).first().waitFor();
  const values = fs.readFileSync(path.join(project, 'charts/dox-asdlc/values.yaml'), 'utf8');
  assert.match(values, /20Gi/);
  assert.match(fs.readFileSync(stack, 'utf8'), /let release = v1\.106\.1/);
  step('it builds');
}
