// The preview: an output as a build would write it now, beside the stack. Either side follows the other.

import * as vscode from 'vscode';
import type { LanguageClient, Location } from 'vscode-languageclient/node';

interface Output {
  path: string;
  uri: string;
  changes: boolean;
}

interface Line {
  line: number;
  setting: string;
  location: Location | null;
}

interface Reached {
  path: string;
  lines: number[];
}

/** How long a person must pause before the preview is made anew, in milliseconds. */
const PAUSE = 150;

export class Preview implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private stack: vscode.TextDocument | undefined;
  private path: string | undefined;
  private lines: Line[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: vscode.Disposable[] = [];

  constructor(private readonly client: () => LanguageClient | undefined) {
    this.listeners.push(
      vscode.workspace.onDidChangeTextDocument(() => this.soon()),
      vscode.workspace.onDidSaveTextDocument(() => this.soon()),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (this.panel && editor?.document.languageId === 'vms' && editor.document !== this.stack) {
          this.stack = editor.document;
          this.path = undefined;
          this.soon();
        }
      }),
      vscode.window.onDidChangeTextEditorSelection((event) => {
        if (event.textEditor.document === this.stack) {
          void this.mark(event.selections[0].active);
        }
      }),
    );
  }

  dispose(): void {
    this.listeners.forEach((listener) => listener.dispose());
    this.panel?.dispose();
  }

  /** Opens the preview beside the current stack. */
  open(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== 'vms') {
      return;
    }
    this.stack = document;
    if (!this.panel) {
      const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      this.panel = vscode.window.createWebviewPanel('vmsc.preview', 'vmsc: outputs', column, { enableScripts: true });
      this.panel.webview.html = PAGE;
      this.panel.onDidDispose(() => {
        this.panel = undefined;
      });
      this.panel.webview.onDidReceiveMessage((message) => this.heard(message));
    }
    this.refresh();
  }

  /** Makes the preview anew. */
  refresh(): void {
    void this.update();
  }

  private soon(): void {
    if (this.panel) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.refresh(), PAUSE);
    }
  }

  private async update(): Promise<void> {
    const client = this.client();
    if (!this.panel || !this.stack || !client?.isRunning()) {
      return;
    }
    const uri = this.stack.uri.toString();
    const outputs = await client.sendRequest<Output[] | null>('vmsc/outputs', { uri });
    if (!outputs?.length) {
      await this.panel.webview.postMessage({ kind: 'wrong' });
      return;
    }
    if (!outputs.some((output) => output.path === this.path)) {
      // The values of the umbrella are the first that a person looks for.
      const paths = outputs.map((output) => output.path).sort((one, other) => one.length - other.length);
      this.path = paths.find((path) => path.endsWith('/values.yaml')) ?? paths[0];
    }
    const output = await client.sendRequest<{ text: string; lines: Line[] } | null>('vmsc/output', { uri, path: this.path });
    if (output) {
      this.lines = output.lines;
      const settings = Object.fromEntries(output.lines.map((line) => [line.line, line.setting]));
      await this.panel?.webview.postMessage({ kind: 'show', outputs, path: this.path, text: output.text, settings });
      const editor = vscode.window.visibleTextEditors.find((editor) => editor.document === this.stack);
      if (editor) {
        await this.mark(editor.selection.active);
      }
    }
  }

  /** Marks the lines that change with the setting at the cursor. */
  private async mark(position: vscode.Position): Promise<void> {
    const client = this.client();
    if (!this.panel || !this.stack || !client?.isRunning()) {
      return;
    }
    const reached = await client.sendRequest<Reached[] | null>('vmsc/lines', { uri: this.stack.uri.toString(), position });
    const here = (reached ?? []).find((output) => output.path === this.path);
    await this.panel?.webview.postMessage({ kind: 'mark', lines: here?.lines ?? [], also: (reached ?? []).map((one) => one.path) });
  }

  private async heard(message: { kind: string; path?: string; line?: number }): Promise<void> {
    if (message.kind === 'ready') {
      this.refresh();
    } else if (message.kind === 'choose') {
      this.path = message.path;
      this.refresh();
    } else if (message.kind === 'line') {
      const location = this.lines.find((line) => line.line === message.line)?.location;
      const converted = location && this.client()?.protocol2CodeConverter.asLocation(location);
      if (converted) {
        const shown = { viewColumn: vscode.ViewColumn.One, selection: new vscode.Range(converted.range.start, converted.range.start) };
        await vscode.window.showTextDocument(converted.uri, shown);
      }
    }
  }
}

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>
  body { padding: 0; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); }
  header { position: sticky; top: 0; padding: 4px 8px; background: var(--vscode-editor-background); }
  select { max-width: 100%; color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background); }
  #wrong { padding: 8px; color: var(--vscode-descriptionForeground); }
  .line { padding: 0 8px; white-space: pre; min-height: 1.3em; }
  .line[title] { cursor: pointer; }
  .line[title]:hover { background: var(--vscode-list-hoverBackground); }
  .marked { background: var(--vscode-editor-wordHighlightBackground, rgba(120, 160, 255, 0.25)); }
</style>
</head>
<body>
<header><select id="outputs" aria-label="Output"></select> <span id="also"></span></header>
<p id="wrong" hidden>The stack has errors: this is what it was before them.</p>
<main id="text"></main>
<script>
  const vscode = acquireVsCodeApi();
  const get = (id) => document.getElementById(id);
  get('outputs').addEventListener('change', (event) => vscode.postMessage({ kind: 'choose', path: event.target.value }));
  window.addEventListener('message', ({ data }) => {
    get('wrong').hidden = data.kind !== 'wrong';
    if (data.kind === 'show') {
      get('outputs').replaceChildren(...data.outputs.map((output) => {
        const option = document.createElement('option');
        option.value = output.path;
        option.textContent = output.path + (output.changes ? ' (changes)' : '');
        option.selected = output.path === data.path;
        return option;
      }));
      get('text').replaceChildren(...data.text.split('\\n').map((text, line) => {
        const row = document.createElement('div');
        row.className = 'line';
        row.textContent = text;
        if (data.settings[line]) {
          row.title = data.settings[line];
          row.addEventListener('click', () => vscode.postMessage({ kind: 'line', line }));
        }
        return row;
      }));
    } else if (data.kind === 'mark') {
      const rows = [...document.querySelectorAll('.line')];
      rows.forEach((row, line) => row.classList.toggle('marked', data.lines.includes(line)));
      rows[data.lines[0]]?.scrollIntoView({ block: 'nearest' });
      const others = data.also.filter((path) => path !== get('outputs').value).length;
      get('also').textContent = others ? 'and in ' + others + ' more' : '';
    }
  });
  vscode.postMessage({ kind: 'ready' });
</script>
</body>
</html>`;
