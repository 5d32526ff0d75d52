// The command line of a task: namel3ss debug trace, as the module of the chosen interpreter, word for word and unquoted.

/** What a task of type "namel3ss" says in tasks.json. */
export interface TraceTask {
  /** The .ai file to run; a relative path counts from the workspace folder. */
  program: string;
  /** The chain, agent or prompt to run, where it is not the one that the app starts with. */
  entry?: string;
  /** What the run is given: values by name, or a text as its input. */
  args?: Record<string, unknown> | string;
  /** The trace file. */
  output?: string;
  /** The kinds of components to record; all by default. */
  filter?: string[];
}

/** The arguments that the interpreter gets. */
export function traceArguments(task: TraceTask): string[] {
  const { program, entry, args, output, filter = [] } = task;
  return [
    ...['-m', 'namel3ss_dbg', 'debug', 'trace'],
    ...(entry ? ['--entry', entry] : []),
    ...(args === undefined ? [] : ['--run-args', JSON.stringify(typeof args === 'string' ? { input: args } : args)]),
    ...(output ? ['--output', output] : []),
    ...filter.flatMap((component) => ['--filter', component]),
    ...['--', program],
  ];
}

/** What is wrong with a task that somebody wrote, as a sentence, or nothing. */
export function mistakeIn(task: Readonly<Record<string, unknown>>): string | undefined {
  const { program, entry, args, output, filter } = task;
  if (typeof program !== 'string' || !program) {
    return 'The task names no program. Write "program": "app.ai" in tasks.json.';
  }
  if (!isOptionalText(entry)) return `"entry" must be a name, not ${JSON.stringify(entry)}.`;
  if (!isOptionalText(output)) return `"output" must be a path, not ${JSON.stringify(output)}.`;
  if (args !== undefined && typeof args !== 'string' && (typeof args !== 'object' || !args || Array.isArray(args))) {
    return `"args" must be an object or a text, not ${JSON.stringify(args)}.`;
  }
  if (filter !== undefined && !(Array.isArray(filter) && filter.every((each) => typeof each === 'string'))) {
    return `"filter" must be a list of kinds of components, not ${JSON.stringify(filter)}.`;
  }
  return undefined;
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
