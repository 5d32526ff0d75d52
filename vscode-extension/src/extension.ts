// Wires the parts of the extension together, and does nothing else.

import * as vscode from 'vscode';
import { registerAdapter } from './adapter/factory';
import { pythonFor } from './adapter/python';
import { registerCommands } from './commands';
import { registerConfigurations } from './config/provider';
import { registerCodeLens } from './editor/codeLens';
import { registerHover } from './editor/hover';
import { registerInlineValues } from './editor/inlineValues';
import { registerOpenValue } from './editor/openValue';
import { registerTraceEditor } from './editor/traceEditor';
import { registerTasks } from './language/tasks';
import { Sessions } from './session/sessions';
import { registerStatus } from './session/status';
import { registerEvents } from './views/events';
import { registerTimeline } from './views/timeline';
import { registerTraces } from './views/traces';

/** What tests may look at from inside the extension host. */
export interface Api {
  sessions: Sessions;
}

/** Called by VS Code when the first thing of ours is needed. */
export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('namel3ss', { log: true });
  const sessions = new Sessions();
  context.subscriptions.push(log, sessions);
  registerAdapter(context, log);
  registerConfigurations(context);
  registerStatus(context, sessions);
  registerCommands(context, sessions, log);
  registerEvents(context, sessions);
  registerTimeline(context, sessions);
  registerTraces(context);
  registerTraceEditor(context);
  registerInlineValues(context);
  registerHover(context);
  registerCodeLens(context);
  registerOpenValue(context, sessions);
  registerTasks(context, pythonFor);
  return { sessions };
}
