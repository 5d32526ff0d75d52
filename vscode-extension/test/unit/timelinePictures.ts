// Pictures of runs, as the adapter answers `n3/timeline`.
import type { TimelinePicture, TimelineSpan, TimelineTrack } from '../../src/adapter/protocol';

/** A track of an agent. */
export function track(id: number, label: string, levels: number): TimelineTrack {
  return { id, label, agent: label, component: 'agent', levels, events: 10, errors: 0 };
}

/** A span of a model; ten milliseconds go by from event to event. */
export function span(
  moment: number,
  end: number | null,
  depth: number,
  more: Partial<TimelineSpan> = {},
): TimelineSpan {
  return {
    moment,
    end,
    track: 1,
    depth,
    label: `span ${moment}`,
    kind: 'llm_call',
    component: 'llm',
    status: end === null ? 'running' : 'completed',
    startMs: moment * 10,
    endMs: end === null ? null : end * 10,
    tokens: 0,
    cost: 0,
    ...more,
  };
}

/** A picture of a run of a hundred events. */
export function picture(more: Partial<TimelinePicture> = {}): TimelinePicture {
  return {
    axis: 'events',
    from: 0,
    to: 99,
    begin: 0,
    end: 100,
    size: 1,
    events: 100,
    elapsedMs: 990,
    complete: true,
    position: { moment: 0, ms: 0, track: 0, depth: 0 },
    totals: { events: 100, errors: 0, tokens: 0, cost: 0, elapsedMs: 990 },
    buckets: [],
    tracks: [track(1, 'Ann', 3)],
    spans: [],
    cells: { size: 10, bands: [] },
    failures: [],
    ...more,
  };
}
