// The elements of the page: buttons above, the strip of the whole run, the ruler, and the tracks with their labels.

import type { Axis } from '../../adapter/protocol';
import { button, element } from '../trace/elements';
import type { Colouring } from './palette';

/** What the buttons do. */
export interface Deeds {
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
  axis(axis: Axis): void;
  colouring(colouring: Colouring): void;
  fold(): void;
  error(direction: 'forward' | 'backward'): void;
  start(): void;
}

const COLOURINGS: readonly [Colouring, string][] = [
  ['component', 'Component'],
  ['duration', 'Duration'],
  ['tokens', 'Tokens'],
  ['cost', 'Cost'],
];

const LEGEND = ['agent', 'llm', 'tool', 'prompt', 'chain', 'memory', 'validation'];

const DRAWN: Record<string, string> = {
  in: 'M8 3 V13 M3 8 H13',
  out: 'M3 8 H13',
  fit: 'M2 5 V2.5 H5 M11 2.5 H14 V5 M14 11 V13.5 H11 M5 13.5 H2 V11 M5 8 H11 M6.5 6.5 L5 8 L6.5 9.5 M9.5 6.5 L11 8 L9.5 9.5',
  fold: 'M4 6.5 L8 3 L12 6.5 M4 9.5 L8 13 L12 9.5',
  previous: 'M9.5 3 L4.5 8 L9.5 13',
  next: 'M6.5 3 L11.5 8 L6.5 13',
};

/** The page's elements. */
export class Frame {
  readonly root = element('main', 'timeline', [], {
    tabindex: 0,
    role: 'application',
    'aria-label': 'Timeline of the run',
    'aria-roledescription': 'timeline',
    'aria-describedby': 'keys',
  });
  readonly totals = element('span', 'totals');
  readonly message = element('span', 'message', [], { role: 'status' });
  readonly live = element('div', 'unseen', [], { 'aria-live': 'polite', role: 'status' });
  readonly strip = element('canvas', 'strip', [], { 'aria-hidden': 'true' });
  readonly ruler = element('canvas', 'ruler', [], { 'aria-hidden': 'true' });
  readonly body = element('canvas', 'body', [], { 'aria-hidden': 'true' });
  readonly labels = element('div', 'labels');
  readonly content = element('div', 'content', [this.labels, this.body]);
  readonly scroller = element('div', 'scroller', [this.content]);
  readonly tooltip = element('div', 'tooltip', [], { role: 'tooltip', hidden: true });
  readonly empty = element('section', 'empty', [], { hidden: true });
  private readonly axes: Record<Axis, HTMLButtonElement>;
  private readonly select: HTMLSelectElement;
  private readonly legend: HTMLElement;

  constructor(deeds: Deeds) {
    this.axes = {
      time: button('Time', 'part', () => deeds.axis('time'), 'As wide as time went by (T)'),
      events: button('Events', 'part', () => deeds.axis('events'), 'As wide as there were events (T)'),
    };
    this.select = element(
      'select',
      'colouring',
      COLOURINGS.map(([value, label]) => element('option', '', label, { value })),
      { 'aria-label': 'Colour by', title: 'What colours mean' },
    );
    this.select.addEventListener('change', () => deeds.colouring(this.select.value as Colouring));
    this.legend = element(
      'span',
      'legend',
      LEGEND.map((name) => element('span', `key of-${name}`, name)),
      {
        'aria-hidden': 'true',
      },
    );
    const bar = element(
      'div',
      'bar',
      [
        element('span', 'group', [
          pictured('out', 'Zoom out (−)', deeds.zoomOut),
          pictured('in', 'Zoom in (+)', deeds.zoomIn),
          pictured('fit', 'Show the whole run (0)', deeds.fit),
        ]),
        element('span', 'group choice', [this.axes.time, this.axes.events], {
          role: 'group',
          'aria-label': 'What the timeline is as wide as',
        }),
        element('label', 'group', [element('span', 'says', 'Colour'), this.select]),
        element('span', 'group', [
          pictured('previous', 'Previous failure ([)', () => deeds.error('backward')),
          element('span', 'says warning', '▲', { 'aria-hidden': 'true' }),
          pictured('next', 'Next failure (])', () => deeds.error('forward')),
        ]),
        pictured('fold', 'Fold or unfold all tracks', deeds.fold),
        this.legend,
        element('span', 'space'),
        this.message,
        this.totals,
      ],
      { role: 'toolbar', 'aria-label': 'Timeline' },
    );
    const start = button('Replay the latest trace', 'primary', deeds.start);
    this.empty.append(
      element('p', '', 'No run is being replayed.'),
      element('p', 'dim', 'Start one with F5, or replay a trace from the Traces view in the debug side bar.'),
      start,
    );
    this.root.append(
      bar,
      element('div', 'axis', [element('div', 'gutter'), this.strip]),
      element('div', 'axis', [element('div', 'gutter'), this.ruler]),
      this.scroller,
      this.tooltip,
      this.live,
      element(
        'p',
        'unseen',
        'Left and right step from event to event. Up and down choose a call on the tracks, Enter goes there. Plus and ' +
          'minus zoom, 0 shows all. Square brackets go from failure to failure.',
        { id: 'keys' },
      ),
    );
    document.body.append(this.root, this.empty);
  }

  /** Shows which axis and which colours were chosen. */
  show(axis: Axis, colouring: Colouring): void {
    for (const each of ['time', 'events'] as const) this.axes[each].setAttribute('aria-pressed', String(each === axis));
    this.select.value = colouring;
    this.legend.hidden = colouring !== 'component';
  }

  /** Shows that there is nothing to show, or the run. */
  showEmpty(isEmpty: boolean): void {
    this.empty.hidden = !isEmpty;
    this.root.hidden = isEmpty;
  }
}

function pictured(drawn: string, title: string, press: () => void): HTMLButtonElement {
  const made = button('', 'icon', press, title);
  made.setAttribute('aria-label', title);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', DRAWN[drawn] ?? '');
  svg.append(path);
  made.append(svg);
  return made;
}
