// Everything a debug configuration may say, as one table. The manifest's JSON schema and the README's table are written
// from it (npm run manifest), and a test holds it against both and against what the adapter documents.

/** A request of the Debug Adapter Protocol that begins a session. */
export type Request = 'launch' | 'attach';

/** One key of a debug configuration. */
export interface Attribute {
  name: string;
  requests: readonly Request[];
  /** The JSON schema of its value, without the description. */
  schema: Readonly<Record<string, unknown>>;
  /** Markdown, as the editor of launch.json and the README show it. */
  description: string;
  /** Whether the adapter reads it too; the others are the extension's own. */
  adapter: boolean;
}

const BOTH = ['launch', 'attach'] as const;
const LAUNCH = ['launch'] as const;
const ATTACH = ['attach'] as const;
const COMPONENTS = ['agent', 'chain', 'llm', 'memory', 'prompt', 'tool', 'validation'];

/** The table. */
export const ATTRIBUTES: readonly Attribute[] = [
  {
    name: 'trace',
    requests: BOTH,
    schema: { type: 'string' },
    description:
      'The recording to walk through: a path, `${command:latestTrace}`, or `${command:pickTrace}`. A relative path counts from the workspace folder.',
    adapter: true,
  },
  {
    name: 'program',
    requests: LAUNCH,
    schema: { type: 'string' },
    description: 'An `.ai` file to run. It is recorded, and when it has ended its recording is walked through.',
    adapter: true,
  },
  {
    name: 'follow',
    requests: BOTH,
    schema: { type: 'boolean', default: false },
    description: 'The trace is still being written: *Continue* waits at its end for more.',
    adapter: true,
  },
  {
    name: 'entry',
    requests: LAUNCH,
    schema: { type: 'string' },
    description: 'The chain, agent or prompt to run, where it is not the one that the app starts with.',
    adapter: true,
  },
  {
    name: 'args',
    requests: LAUNCH,
    schema: { type: ['object', 'string'], default: {} },
    description: 'What the run is given: values by name, or a text as its input.',
    adapter: true,
  },
  {
    name: 'cwd',
    requests: LAUNCH,
    schema: { type: 'string', default: '${workspaceFolder}' },
    description: 'The folder in which the program runs.',
    adapter: true,
  },
  {
    name: 'env',
    requests: LAUNCH,
    schema: { type: 'object', additionalProperties: { type: ['string', 'null'] }, default: {} },
    description: 'Environment variables for the program, besides those of VS Code; `null` takes one away.',
    adapter: true,
  },
  {
    name: 'console',
    requests: LAUNCH,
    schema: {
      type: 'string',
      enum: ['internalConsole', 'integratedTerminal', 'externalTerminal'],
      default: 'internalConsole',
    },
    description: 'Where the program writes, and reads if it asks questions.',
    adapter: true,
  },
  {
    name: 'pythonDebug',
    requests: LAUNCH,
    schema: { type: 'boolean', default: false },
    description:
      'Open a Python session when the run comes to a tool written in Python. Needs a Python debugger extension.',
    adapter: true,
  },
  {
    name: 'stopOnEntry',
    requests: BOTH,
    schema: { type: 'boolean', default: true },
    description: 'Rest at the first event. Off: go on to the first breakpoint.',
    adapter: true,
  },
  {
    name: 'stopAtEnd',
    requests: BOTH,
    schema: { type: 'boolean', default: true },
    description: 'Rest at the last event instead of ending the session, so that one can go back.',
    adapter: true,
  },
  {
    name: 'breakpoints',
    requests: BOTH,
    schema: { type: 'array', items: { type: 'string' }, default: [] },
    description: 'Places to stop at, such as `tool:get_weather`, `llm at end`, `agent_turn_start:3`, `error`.',
    adapter: true,
  },
  {
    name: 'mocks',
    requests: BOTH,
    schema: { type: 'object', default: {} },
    description: 'Answers to be shown in place of recorded ones, by the name of a component.',
    adapter: true,
  },
  {
    name: 'filter',
    requests: BOTH,
    schema: {
      type: ['array', 'string'],
      items: { type: 'string', examples: COMPONENTS },
      examples: COMPONENTS,
      default: [],
    },
    description: 'Kinds of components that steps stop at; the others are passed over.',
    adapter: true,
  },
  {
    name: 'sourceRoot',
    requests: BOTH,
    schema: { type: ['string', 'array'], items: { type: 'string' }, default: '${workspaceFolder}' },
    description: "Where the program's files are, if they are not where they were when it was recorded.",
    adapter: true,
  },
  {
    name: 'host',
    requests: ATTACH,
    schema: { type: 'string', default: '127.0.0.1' },
    description: 'With `port`: where a debug adapter is listening (`python -m dap_adapter --port`).',
    adapter: false,
  },
  {
    name: 'port',
    requests: ATTACH,
    schema: { type: 'integer', minimum: 1, maximum: 65535 },
    description: 'The port of a debug adapter that is running already.',
    adapter: false,
  },
  {
    name: 'python',
    requests: BOTH,
    schema: { type: 'string' },
    description: 'The Python that has `namel3ss-dbg` installed, instead of the one that the settings give.',
    adapter: false,
  },
  {
    name: 'logToFile',
    requests: BOTH,
    schema: { type: 'string' },
    description: 'A file to which the adapter writes every message.',
    adapter: false,
  },
];

/** What an attribute is called in package.nls.json. */
export function describedBy(attribute: Attribute): string {
  return `attribute.${attribute.name}`;
}

/** `configurationAttributes` of the manifest. */
export function configurationAttributes(): Record<Request, object> {
  const of = (request: Request): object =>
    Object.fromEntries(
      ATTRIBUTES.filter((attribute) => attribute.requests.includes(request)).map((attribute) => [
        attribute.name,
        { ...attribute.schema, markdownDescription: `%${describedBy(attribute)}%` },
      ]),
    );
  return {
    launch: { properties: of('launch') },
    attach: { properties: of('attach') },
  };
}

/** The README's table. */
export function readmeTable(): string {
  const rows = ATTRIBUTES.map((attribute) => {
    const fallback = attribute.schema.default;
    const shown = fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``;
    return `| \`${attribute.name}\` | ${attribute.requests.join(', ')} | ${attribute.description} | ${shown} |`;
  });
  return ['| key | request | what it means | default |', '|---|---|---|---|', ...rows].join('\n');
}
