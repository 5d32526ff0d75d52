// Making elements. What a trace holds goes in as text alone, and only after it was made harmless: there is no way here
// to put markup into a page.

import { harmless } from '../../traces/harmless';

type Attributes = Record<string, string | number | boolean | undefined>;

/** An element with a class, its content and its attributes; false and undefined leave an attribute out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = '',
  content: string | readonly (Node | string)[] = [],
  attributes: Attributes = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...(typeof content === 'string' ? [harmless(content)] : content));
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : String(value));
  return made;
}

/** A button that does something. */
export function button(label: string, className: string, press: () => void, title?: string): HTMLButtonElement {
  const made = element('button', className, label, { type: 'button', title });
  made.addEventListener('click', press);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The sign of a component, sixteen pixels square, in the colour of its text. */
export function sign(component: string): SVGSVGElement {
  const drawn = document.createElementNS(SVG, 'svg');
  drawn.setAttribute('viewBox', '0 0 16 16');
  drawn.setAttribute('class', 'sign');
  drawn.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', SIGNS[component] ?? OTHER);
  drawn.append(path);
  return drawn;
}

/** The lines of a sign, for one that is drawn again and again. */
export function signPath(component: string): string {
  return SIGNS[component] ?? OTHER;
}

const OTHER = 'M8 4.5 L11.5 8 L8 11.5 L4.5 8 Z';
const SIGNS: Record<string, string> = {
  agent: 'M8 1.5 V4 M3.5 4.5 H12.5 V12.5 H3.5 Z M6 7.5 V9 M10 7.5 V9 M1.5 7.5 V10 M14.5 7.5 V10',
  app: 'M2 3 H14 V13 H2 Z M2 6 H14',
  chain: 'M3 3.5 H6 M8.5 3.5 H13.5 M5.5 8 H8 M10 8 H13.5 M5.5 12.5 H8 M10 12.5 H13.5 M3.8 3.5 V12.5 H5.5 M3.8 8 H5.5',
  llm: 'M7 2.5 L8.6 6.9 L13 8.5 L8.6 10.1 L7 14.5 L5.4 10.1 L1 8.5 L5.4 6.9 Z M13 1.5 V5 M11.2 3.2 H14.8',
  memory: 'M3 4.5 C3 2 13 2 13 4.5 V11.5 C13 14 3 14 3 11.5 Z M3 4.5 C3 7 13 7 13 4.5 M3 8 C3 10.5 13 10.5 13 8',
  prompt: 'M2 3 H14 V11 H8 L5 14 V11 H2 Z M5 6 H11 M5 8.3 H9',
  tool: 'M13.5 4.5 L11.3 6.2 L9.8 4.7 L11.5 2.5 C8.5 1.5 6.5 4 7.4 6.7 L2.3 11.8 L4.2 13.7 L9.3 8.6 C12 9.5 14.5 7.5 13.5 4.5 Z',
  validation: 'M2 8.5 L4 10.5 L7 6 M9 5 H14 M9 8.5 H14 M9 12 H14',
};
