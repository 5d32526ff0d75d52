// What each key does on the timeline.

/** Something that a person wants done. */
export type Wish =
  | { wish: 'step'; by: number }
  | { wish: 'track'; by: number }
  | { wish: 'zoom'; factor: number }
  | { wish: 'move'; share: number }
  | { wish: 'scroll'; pages: number }
  | { wish: 'error'; direction: 'forward' | 'backward' }
  | { wish: 'fit' | 'first' | 'last' | 'go' | 'fold' | 'axis' | 'forget' };

/** How much a key or a button zooms. */
export const ZOOM = 1.6;

const PLAIN: Record<string, Wish> = {
  ArrowLeft: { wish: 'step', by: -1 },
  ArrowRight: { wish: 'step', by: 1 },
  ArrowUp: { wish: 'track', by: -1 },
  ArrowDown: { wish: 'track', by: 1 },
  '+': { wish: 'zoom', factor: 1 / ZOOM },
  '=': { wish: 'zoom', factor: 1 / ZOOM },
  '-': { wish: 'zoom', factor: ZOOM },
  _: { wish: 'zoom', factor: ZOOM },
  '0': { wish: 'fit' },
  Home: { wish: 'first' },
  End: { wish: 'last' },
  PageUp: { wish: 'scroll', pages: -1 },
  PageDown: { wish: 'scroll', pages: 1 },
  Enter: { wish: 'go' },
  ' ': { wish: 'fold' },
  '[': { wish: 'error', direction: 'backward' },
  ']': { wish: 'error', direction: 'forward' },
  t: { wish: 'axis' },
  Escape: { wish: 'forget' },
};

const SHIFTED: Record<string, Wish> = {
  ArrowLeft: { wish: 'move', share: -0.2 },
  ArrowRight: { wish: 'move', share: 0.2 },
  ArrowUp: { wish: 'scroll', pages: -0.25 },
  ArrowDown: { wish: 'scroll', pages: 0.25 },
};

/** What a key press is about; keys with Ctrl, Alt or Cmd are VS Code's. */
export function wishOf(press: {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}): Wish | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  return (press.shiftKey ? SHIFTED[press.key] : undefined) ?? PLAIN[press.key];
}
