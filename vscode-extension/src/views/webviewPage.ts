// The document of a webview: one script and one style sheet of the extension, and nothing from anywhere else.

import * as vscode from 'vscode';

/** Fills a webview with the page of this name. */
export function fillPage(webview: vscode.Webview, root: vscode.Uri, name: 'timeline' | 'trace', title: string): void {
  const [scripts, styles] = [vscode.Uri.joinPath(root, 'dist', 'webview'), vscode.Uri.joinPath(root, 'media')];
  webview.options = { enableScripts: true, localResourceRoots: [scripts, styles] };
  const script = webview.asWebviewUri(vscode.Uri.joinPath(scripts, `${name}.js`));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(styles, `${name}.css`));
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  webview.html = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'" />
    <link rel="stylesheet" href="${style}" />
    <title>${title}</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
