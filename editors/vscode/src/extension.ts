// The extension: starts the server, and adds what VS Code has no request for.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { LanguageClient, LanguageClientOptions, ServerOptions, TransportKind } from 'vscode-languageclient/node';
import { Preview } from './preview';

const run = promisify(execFile);

/** The versions of vmsc that this extension goes with. */
const VERSION = /^vmsc 0\.2\./;

let client: LanguageClient | undefined;
let preview: Preview | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  preview = new Preview(() => client);
  context.subscriptions.push(
    preview,
    vscode.commands.registerCommand('vmsc.preview', () => preview?.open()),
    vscode.commands.registerCommand('vmsc.restart', restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('vmsc.path')) {
        void restart();
      }
    }),
  );
  // Nothing runs in a workspace that is not trusted.
  if (vscode.workspace.isTrusted) {
    await start();
  } else {
    context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(() => start()));
  }
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function restart(): Promise<void> {
  await client?.stop().catch(() => undefined);
  client = undefined;
  if (vscode.workspace.isTrusted) {
    await start();
  }
}

/** The program, if it is there and fits this extension; else a message with the line that installs it. */
async function program(): Promise<string | undefined> {
  const path = vscode.workspace.getConfiguration('vmsc').get<string>('path') || 'vmsc';
  let found: string;
  try {
    found = (await run(path, ['--version'])).stdout.trim();
  } catch {
    found = '';
  }
  if (VERSION.test(found)) {
    return path;
  }
  const what = found ? `This extension goes with vmsc 0.2, and found ${found}` : `\`${path}\` is not installed`;
  const how = 'Install it with `cargo install --path .` in a checkout of vmsc, or set `vmsc.path`.';
  const setting = 'Open the Setting';
  void vscode.window.showWarningMessage(`${what}. ${how}`, setting).then((chosen) => {
    if (chosen === setting) {
      void vscode.commands.executeCommand('workbench.action.openSettings', 'vmsc.path');
    }
  });
  return undefined;
}

async function start(): Promise<void> {
  const command = await program();
  if (!command) {
    return;
  }
  const server: ServerOptions = { command, args: ['lsp'], transport: TransportKind.stdio };
  const options: LanguageClientOptions = {
    // Data that is imported and files that are written: unsaved text counts, and lines lead to settings.
    documentSelector: [
      { scheme: 'file', language: 'vms' },
      { scheme: 'file', pattern: '**/*.{yaml,yml,json,tpl}' },
    ],
    middleware: {
      executeCommand: async (name, given, next) => {
        const file = given[0] ?? currentStack();
        switch (name) {
          case 'vmsc.build':
            await vscode.workspace.saveAll(false);
            return next(name, [file]);
          case 'vmsc.diff': {
            await vscode.workspace.saveAll(false);
            const changes = await next(name, [file]);
            const content = changes?.output || 'A build would change nothing.\n';
            const document = await vscode.workspace.openTextDocument({ language: 'diff', content });
            await vscode.window.showTextDocument(document, { preview: true });
            return changes;
          }
          case 'vmsc.profile': {
            const profile = given.length > 1 ? given[1] : await chooseProfile();
            if (profile !== undefined) {
              await next(name, [file, profile]);
            }
            return undefined;
          }
          default:
            return next(name, given);
        }
      },
    },
  };
  client = new LanguageClient('vmsc', 'vmsc', server, options);
  await client.start();
  preview?.refresh();
}

/** The address of the stack in the current editor. */
function currentStack(): string | undefined {
  const documents = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors].map((editor) => editor?.document);
  return documents.find((document) => document?.languageId === 'vms')?.uri.toString();
}

/** Asks for a profile of the current stack; null for the stack alone, undefined for no choice. */
async function chooseProfile(): Promise<string | null | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    return undefined;
  }
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
    'vscode.executeDocumentSymbolProvider',
    editor.document.uri,
  );
  const profiles = (symbols ?? []).filter((symbol) => symbol.kind === vscode.SymbolKind.Module);
  const alone = 'The stack alone';
  const chosen = await vscode.window.showQuickPick([alone, ...profiles.map((profile) => profile.name)], {
    placeHolder: 'Show values as they are with',
  });
  return chosen === alone ? null : chosen;
}
