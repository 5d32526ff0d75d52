// What the events tree is narrowed to, as a person types it: "llm tool weather" are the model and tool calls that have
// weather in their label. A word in quotes is always text, so that a tool called "agent" can be found.

import type { ChildrenFilter } from '../../adapter/protocol';
import { counted } from '../../traces/amounts';

/** The kinds of components there are. */
export const COMPONENTS: readonly string[] = ['app', 'agent', 'chain', 'llm', 'memory', 'prompt', 'tool', 'validation'];

/** What is shown of a run. */
export interface Narrowing {
  /** What was typed; empty when nothing is filtered. */
  readonly words: string;
  readonly errorsOnly: boolean;
}

/** Everything is shown. */
export const EVERYTHING: Narrowing = { words: '', errorsOnly: false };

/** The filter that somebody has typed; nothing when it lets everything pass. */
export function parseFilter(words: string): ChildrenFilter | undefined {
  const components: string[] = [];
  const texts: string[] = [];
  for (const [, quoted, word] of words.matchAll(/"([^"]*)"?|([^\s,"]+)/g)) {
    if (quoted !== undefined) texts.push(quoted);
    else if (word && COMPONENTS.includes(word.toLowerCase())) components.push(word.toLowerCase());
    else if (word) texts.push(word);
  }
  const text = texts.join(' ').trim();
  if (components.length === 0 && !text) return undefined;
  return { ...(components.length > 0 && { components: [...new Set(components)] }), ...(text && { text }) };
}

/** What the request for children says of it. */
export function asked({ words, errorsOnly }: Narrowing): { filter?: ChildrenFilter; errorsOnly?: true } {
  const filter = parseFilter(words);
  return { ...(filter && { filter }), ...(errorsOnly && { errorsOnly: true }) };
}

/** Whether anything is left out. */
export function isNarrowed({ words, errorsOnly }: Narrowing): boolean {
  return errorsOnly || parseFilter(words) !== undefined;
}

/** How much is left: known failures, and whether there may be more; or that nothing is. */
export interface Left {
  failures: number;
  whole: boolean;
  nothing: boolean;
}

/** What the view says above the tree; nothing when everything is shown. */
export function described(narrowing: Narrowing, left: Left): string | undefined {
  if (!isNarrowed(narrowing)) return undefined;
  const filter = parseFilter(narrowing.words);
  const kinds = filter?.components?.join(', ');
  const text = filter?.text && `“${filter.text}” in the label`;
  const shown = [kinds, text].filter(Boolean).join(', with ');
  if (left.nothing) {
    if (!shown) return 'No failure was recorded in this run.';
    return narrowing.errorsOnly ? `Nothing that fits ${shown} has failed.` : `Nothing fits ${shown}.`;
  }
  if (!narrowing.errorsOnly) return `Only ${shown}, and the calls around it.`;
  const among = shown ? `, among ${shown}` : '';
  if (left.failures === 0) return `Errors only${among}.`;
  return `Errors only: ${left.whole ? '' : 'at least '}${counted(left.failures, 'failure')}${among}.`;
}
