// The debug adapter's own requests, as docs/dap.md describes them: the only place in the extension that names them.

/** The number of an event, counted from 0. */
export type Moment = number;

/** The meaning of our requests that this extension was written for; the adapter says which one it speaks. */
export const PROTOCOL = 1;

/** Where a run rests. */
export interface Position {
  moment: Moment;
  /** How many events are known so far. */
  events: number;
  /** Whether no more events are coming. */
  complete: boolean;
  elapsedMs: number;
  atStart: boolean;
  atEnd: boolean;
}

/** A call, or a single event, as trees and lists show it. */
export interface EventNode {
  moment: Moment;
  /** The moment of its end; null while it is open. */
  end: Moment | null;
  label: string;
  kind: string;
  component: string;
  name: string | null;
  status: string | null;
  lane: number;
  elapsedMs: number;
  durationMs: number | null;
  tokens: number;
  cost: number;
  /** How many failures there are in it. */
  errors?: number;
  hasChildren: boolean;
  path: string | null;
  line: number;
}

/** One page of the calls and single events directly in a call. */
export interface ChildrenPage {
  parent: Moment;
  children: EventNode[];
  more: boolean;
  /** Where to go on asking, while there is more. */
  after?: Moment;
}

/** What a tree of events is to show; everything when nothing is said. */
export interface ChildrenFilter {
  /** Kinds of components. */
  components?: string[];
  /** Looked for in the label, without regard to capitals. */
  text?: string;
}

/** All of one event. */
export interface WholeEvent {
  moment: Moment;
  event: TraceRecord;
  /** The event before it of the same component and kind. */
  previousLike?: Moment | null;
}

/** One line of a trace. */
export interface TraceRecord {
  event_type: string;
  event_id: string;
  timestamp: number;
  component?: string;
  component_name?: string | null;
  parent_event_id?: string | null;
  execution_id?: string | null;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  duration_ms?: number | null;
  status?: string | null;
  error?: string | null;
  memory_usage_mb?: number | null;
  tokens_used?: number | null;
  cost_estimate?: number | null;
}

/** The bookmarks of a run, in the order of their moments. */
export interface MarksBody {
  marks: { name: string; moment: Moment }[];
}

/** What to write behind the lines of a file where the run rests. */
export interface InlineBody {
  lines: { line: number; text: string }[];
}

/** What a timeline is as wide as: how many events there were, or how long it took. */
export type Axis = 'events' | 'time';

/** A range of the run, to be drawn. */
export interface TimelineArguments {
  axis?: Axis;
  from?: Moment;
  to?: Moment;
  fromMs?: number;
  toMs?: number;
  /** How many buckets the range is to have. */
  buckets?: number;
  /** Of which tracks spans, cells and failures are wanted; all when nothing is said. */
  tracks?: number[];
  /** How many spans at most. */
  most?: number;
}

/** A strand of work: an agent, work beside it, or the rest. */
export interface TimelineTrack {
  id: number;
  label: string;
  agent: string | null;
  component: string;
  /** How many levels calls are nested in it. */
  levels: number;
  /** In the range. */
  events: number;
  /** In the range. */
  errors: number;
}

/** A call that is drawn by itself; or a single event, whose end is its moment. */
export interface TimelineSpan {
  moment: Moment;
  /** Null while it is open. */
  end: Moment | null;
  track: number;
  depth: number;
  label: string;
  kind: string;
  component: string;
  status: string;
  startMs: number;
  endMs: number | null;
  /** Of all inside. */
  tokens: number;
  /** Of all inside. */
  cost: number;
}

/** How much there is, of one component at one depth of a track, in cells of the picture. */
export interface TimelineBand {
  track: number;
  depth: number;
  component: string;
  /** The numbers of the cells. */
  at: number[];
  events: number[];
  errors?: number[];
  tokens?: number[];
  cost?: number[];
}

/** A bucket of the range, over all tracks. */
export interface TimelineBucket {
  from: Moment;
  to: Moment;
  components: Record<string, number>;
  errors: number;
  tokens: number;
  depth: number;
  elapsedMs: number;
}

/** Where an event, or the first of several, tells of a failure. */
export interface TimelineFailure {
  moment: Moment;
  ms: number;
  track: number;
  events: number;
}

/** A range of a run, as a picture needs it. */
export interface TimelinePicture {
  axis: Axis;
  from: Moment;
  to: Moment;
  /** The range on the axis, in events or milliseconds. */
  begin: number;
  end: number;
  /** The width of a bucket on the axis. */
  size: number;
  /** How many events the picture knows of. */
  events: number;
  elapsedMs: number;
  /** Whether it knows of all that there are and will be. */
  complete: boolean;
  position: { moment: Moment; ms: number; track: number; depth: number };
  totals: { events: number; errors: number; tokens: number; cost: number; elapsedMs: number };
  buckets: TimelineBucket[];
  tracks: TimelineTrack[];
  spans: TimelineSpan[];
  cells: { size: number; bands: TimelineBand[] };
  failures: TimelineFailure[];
}

/** Where the breakpoints would stop. */
export interface StopsBody {
  from: Moment;
  to: Moment;
  moments: { moment: Moment; id: number | null; kind: string; label: string }[];
  more: boolean;
}
