// Starts the debug adapter of a session: a Python process of its own, or a connection to one that is listening.

import * as vscode from 'vscode';
import { TYPE } from '../session/sessions';
import { ADAPTER } from './handshake';
import { forgetPythons } from './installation';

/** Registers how adapters are started, and what is logged of them. */
export function registerAdapter(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): void {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(TYPE, {
      createDebugAdapterDescriptor: (session) => descriptor(session, log),
    }),
    vscode.debug.registerDebugAdapterTrackerFactory(TYPE, {
      createDebugAdapterTracker: (session) => tracker(session, log),
    }),
  );
}

function descriptor(session: vscode.DebugSession, log: vscode.LogOutputChannel): vscode.DebugAdapterDescriptor {
  const { request, host, port, python, logToFile } = session.configuration as Record<string, unknown>;
  if (request === 'attach' && typeof port === 'number') {
    return new vscode.DebugAdapterServer(port, typeof host === 'string' ? host : '127.0.0.1');
  }
  // The provider has put a Python there that was found ready.
  if (typeof python !== 'string')
    throw new Error('The debug configuration names no Python that has the debug adapter.');
  const args = [...ADAPTER, ...(typeof logToFile === 'string' ? ['--log', logToFile] : [])];
  log.info(`${session.name}: ${python} ${args.join(' ')}`);
  const cwd = session.workspaceFolder?.uri.fsPath;
  return new vscode.DebugAdapterExecutable(python, args, cwd ? { cwd } : {});
}

/** Logs what an adapter has to say of itself; its messages too, where a person wants to see them. */
function tracker(session: vscode.DebugSession, log: vscode.LogOutputChannel): vscode.DebugAdapterTracker {
  const verbose = vscode.workspace.getConfiguration('namel3ss').get<boolean>('logProtocol', false);
  const line = (direction: string) => (message: unknown) => log.info(`${direction} ${JSON.stringify(message)}`);
  return {
    ...(verbose ? { onWillReceiveMessage: line('→'), onDidSendMessage: line('←') } : {}),
    onError: (error) => log.error(`${session.name}: ${error.message}`),
    onExit: (code, signal) => {
      if (code) {
        forgetPythons();
        log.error(`${session.name}: the debug adapter ended with ${code ?? signal}.`);
      }
    },
  };
}
