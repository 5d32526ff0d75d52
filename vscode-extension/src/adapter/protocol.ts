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
