// Tasks that run an app and record it, so that a recording can be made from the Run Task menu, or before a replay.
// A task that cannot run says why in its own terminal: nothing pops up while VS Code merely lists tasks.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { mistakeIn, traceArguments, type TraceTask } from './traceCommand';

const TYPE = 'namel3ss';
const MATCHER = '$namel3ss';

/** Finds the interpreter for a folder. */
export type FindPython = (folder?: vscode.WorkspaceFolder) => Promise<string | undefined>;

/** Offers a task for every open app, and carries out those of tasks.json. */
export function registerTasks(context: vscode.ExtensionContext, python: FindPython): void {
  context.subscriptions.push(vscode.tasks.registerTaskProvider(TYPE, new TraceTasks(python)));
}

class TraceTasks implements vscode.TaskProvider {
  constructor(private readonly python: FindPython) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const files = vscode.workspace.textDocuments.filter(
      ({ languageId, uri }) => languageId === TYPE && uri.scheme === 'file',
    );
    return Promise.all(files.map(({ uri }) => this.taskFor(uri)));
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task> {
    const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
    const resolved = this.task(
      task.definition,
      task.scope ?? vscode.TaskScope.Workspace,
      task.name,
      await this.execution(task.definition, folder, folder?.uri.fsPath),
    );
    resolved.presentationOptions = task.presentationOptions;
    resolved.group = task.group;
    return resolved;
  }

  private async taskFor(uri: vscode.Uri): Promise<vscode.Task> {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const program = folder ? path.relative(folder.uri.fsPath, uri.fsPath).split(path.sep).join('/') : uri.fsPath;
    const definition = { type: TYPE, program };
    const cwd = folder?.uri.fsPath ?? path.dirname(uri.fsPath);
    const execution = await this.execution(definition, folder, cwd);
    return this.task(definition, folder ?? vscode.TaskScope.Workspace, `trace ${program}`, execution);
  }

  private task(
    definition: vscode.TaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    name: string,
    execution: vscode.ProcessExecution | vscode.CustomExecution,
  ): vscode.Task {
    const task = new vscode.Task(definition, scope, name, TYPE, execution, MATCHER);
    task.detail = `Run ${definition.program} and record what it does`;
    return task;
  }

  private async execution(
    definition: vscode.TaskDefinition,
    folder: vscode.WorkspaceFolder | undefined,
    cwd: string | undefined,
  ): Promise<vscode.ProcessExecution | vscode.CustomExecution> {
    const mistake = mistakeIn(definition);
    if (mistake) return refusal(mistake);
    const interpreter = await this.python(folder);
    if (!interpreter) {
      return refusal('No Python was found. Choose one with the command "namel3ss: Select Python Interpreter...".');
    }
    const task = definition as vscode.TaskDefinition & TraceTask;
    return new vscode.ProcessExecution(interpreter, traceArguments(task), cwd ? { cwd } : {});
  }
}

/** A task that only says why it does not run. */
function refusal(reason: string): vscode.CustomExecution {
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number>();
  return new vscode.CustomExecution(() =>
    Promise.resolve({
      onDidWrite: written.event,
      onDidClose: closed.event,
      open: () => {
        written.fire(`${reason}\r\n`);
        closed.fire(1);
      },
      close: () => undefined,
    }),
  );
}
