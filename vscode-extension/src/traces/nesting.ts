// How deep each event of a trace stands in the calls around it, told line by line. Only ids say what belongs where:
// the events of concurrent agents interleave. A trace that names no parents is nested by order.

/** The part of an event that says where it belongs. */
export interface Place {
  type: string;
  name: string | undefined;
  id: string | undefined;
  parent: string | undefined;
  /** The start of this end, in traces whose ends repeat their start's parent. */
  start: string | undefined;
  /** Whether it tells of a failure. */
  failed: boolean;
}

interface Open {
  depth: number;
  call: string;
  around: Open | undefined;
  /** Whether an error was seen in it, so that its own failure only passes that on. */
  hasError: boolean;
}

const MOST_OPEN = 200_000;

/** Follows the calls that are open. */
export class Nesting {
  /** How many errors there were, each counted where it was first seen. */
  errors = 0;

  private readonly open = new Map<string, Open>();
  private readonly newest = new Map<string, string[]>();
  private level = 0;
  private linked = false;

  /** The depth of the next event. */
  depthOf(place: Place): number {
    this.linked ||= place.parent !== undefined;
    const span = /^(.*)_(start|end)$/.exec(place.type);
    const call = `${span?.[1] ?? ''}|${place.name ?? ''}`;
    if (span?.[2] === 'end') return this.close(place, call);
    const around = place.parent === undefined ? undefined : this.open.get(place.parent);
    const depth = around ? around.depth + 1 : this.linked ? 0 : this.level;
    if (place.failed) this.count(around);
    if (span) {
      this.level++;
      if (place.id !== undefined && this.open.size < MOST_OPEN) {
        this.open.set(place.id, { depth, call, around, hasError: false });
        const same = this.newest.get(call);
        if (same) same.push(place.id);
        else this.newest.set(call, [place.id]);
      }
    }
    return depth;
  }

  private close(place: Place, call: string): number {
    this.level = Math.max(this.level - 1, 0);
    const start = this.startOf(place, call);
    const opened = start === undefined ? undefined : this.open.get(start);
    if (place.failed && !opened?.hasError) this.count(opened?.around);
    if (start === undefined || !opened) {
      const around = place.parent === undefined ? undefined : this.open.get(place.parent);
      return around ? around.depth + 1 : this.linked ? 0 : this.level;
    }
    this.open.delete(start);
    const same = this.newest.get(opened.call);
    if (same?.length === 1) this.newest.delete(opened.call);
    else same?.splice(same.lastIndexOf(start), 1);
    return opened.depth;
  }

  private count(around: Open | undefined): void {
    this.errors++;
    for (let each = around; each && !each.hasError; each = each.around) each.hasError = true;
  }

  private startOf(place: Place, call: string): string | undefined {
    if (place.start !== undefined && this.open.has(place.start)) return place.start;
    if (place.parent !== undefined && this.open.get(place.parent)?.call === call) return place.parent;
    return this.newest.get(call)?.at(-1);
  }
}
