// The tooltip: what is under the pointer, or what the keyboard has chosen.

import type { Tooltip } from '../../timeline/texts';
import { element, sign } from '../trace/elements';

const AWAY = 14;

/** Shows a tooltip near a point of the window, where there is room for it. */
export function showTip(root: HTMLElement, tip: Tooltip | undefined, x = 0, y = 0): void {
  root.hidden = !tip;
  if (!tip) return;
  root.replaceChildren(
    element('div', `title of-${tip.component}${tip.isFailed ? ' failed' : ''}`, [
      sign(tip.component),
      element('span', '', tip.title),
    ]),
    element(
      'dl',
      '',
      tip.facts.flatMap(({ name, value }) => [
        element('dt', '', name),
        element('dd', name === 'status' && value === 'failed' ? 'bad' : '', value),
      ]),
    ),
    ...(tip.hint ? [element('div', 'hint', tip.hint)] : []),
  );
  const box = root.getBoundingClientRect();
  const left = x + AWAY + box.width > innerWidth ? x - AWAY - box.width : x + AWAY;
  const top = y + AWAY + box.height > innerHeight ? y - AWAY - box.height : y + AWAY;
  root.style.left = `${Math.max(left, 2)}px`;
  root.style.top = `${Math.min(Math.max(top, 2), Math.max(innerHeight - box.height - 2, 2))}px`;
}
