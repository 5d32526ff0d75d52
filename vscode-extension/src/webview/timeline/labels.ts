// The labels of the tracks, on the left: only those that are seen are there, and each is a button that folds its track.

import { counted, whole } from '../../traces/amounts';
import { harmless } from '../../traces/harmless';
import type { Row } from '../../timeline/layout';
import { element, sign } from '../trace/elements';

/** The labels. */
export class Labels {
  private readonly shown = new Map<number, { root: HTMLButtonElement; said: string }>();

  constructor(
    private readonly root: HTMLElement,
    private readonly fold: (label: string) => void,
  ) {}

  /** Shows the labels of these rows; `here` is the track where the run rests. */
  show(rows: readonly Row[], here: number | undefined, chosen: number | undefined): void {
    const seen = new Set(rows.map((row) => row.track.id));
    for (const [id, { root }] of this.shown)
      if (!seen.has(id)) {
        root.remove();
        this.shown.delete(id);
      }
    for (const row of rows) {
      const { track } = row;
      const said = `${track.label}|${track.errors}|${row.isFolded}|${row.levels}|${track.levels}`;
      let label = this.shown.get(track.id);
      if (label?.said !== said) {
        const made = this.made(row);
        if (label) label.root.replaceWith(made);
        else this.root.append(made);
        label = { root: made, said };
        this.shown.set(track.id, label);
      }
      label.root.style.transform = `translateY(${row.top}px)`;
      label.root.style.height = `${row.height}px`;
      label.root.classList.toggle('here', track.id === here);
      label.root.classList.toggle('chosen', track.id === chosen);
    }
  }

  private made(row: Row): HTMLButtonElement {
    const { track } = row;
    const [name = '', ...rest] = track.label.split(' · ');
    const canFold = track.levels > 1;
    const errors = track.errors ? counted(track.errors, 'failure') : '';
    const title = `${harmless(track.label)}: ${counted(track.events, 'event')}${errors && `, ${errors}`}`;
    const made = element(
      'button',
      `label of-${harmless(track.component)}`,
      [
        element('span', canFold ? `fold ${row.isFolded ? 'folded' : ''}` : 'fold none', [], { 'aria-hidden': 'true' }),
        sign(track.agent === null ? track.component : 'agent'),
        element('span', 'name', name),
        ...(rest.length ? [element('span', 'suffix', rest.join(' · '))] : []),
        ...(track.errors ? [element('span', 'count', whole(track.errors))] : []),
      ],
      { type: 'button', tabindex: -1, title, 'aria-label': title, 'aria-expanded': canFold && String(!row.isFolded) },
    );
    if (canFold) made.addEventListener('click', () => this.fold(track.label));
    return made;
  }
}
