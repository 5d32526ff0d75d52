// Times, sizes and amounts as people read them; one wording for trees, lenses and pages.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time of day, with the date when it is not today's. */
export function moment(time: number, now: number): string {
  const then = new Date(time);
  const today = new Date(now);
  const clock = `${two(then.getHours())}:${two(then.getMinutes())}`;
  if (then.toDateString() === today.toDateString()) return clock;
  const day = `${then.getDate()} ${MONTHS[then.getMonth()]}`;
  return then.getFullYear() === today.getFullYear() ? `${day} ${clock}` : `${day} ${then.getFullYear()} ${clock}`;
}

/** How long ago something was. */
export function ago(time: number, now: number): string {
  const past = now - time;
  if (past < 45_000) return 'just now';
  if (past < HOUR) return `${Math.max(Math.round(past / MINUTE), 1)} min ago`;
  if (past < DAY) return `${Math.floor(past / HOUR)} h ago`;
  const days = Math.floor(past / DAY);
  return days === 1
    ? 'yesterday'
    : days < 31
      ? `${days} days ago`
      : `on ${moment(time, now).replace(/ \d\d:\d\d$/, '')}`;
}

/** A length of time, of milliseconds or of hours. */
export function duration(ms: number): string {
  if (ms < 1) return ms < 0.01 ? '0 ms' : `${Number(ms.toFixed(2))} ms`;
  if (ms < 999.5) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(ms < 9_950 ? 2 : 1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${whole(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A number of things. */
export function counted(count: number, thing: string): string {
  return `${whole(count)} ${thing}${count === 1 ? '' : 's'}`;
}

/** A number with its thousands apart. */
export function whole(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** An amount of dollars. */
export function cost(dollars: number): string {
  if (dollars > 0 && dollars < 0.0001) return '< $0.0001';
  if (dollars >= 1) return `$${dollars >= 1000 ? whole(dollars) : dollars.toFixed(2)}`;
  return `$${dollars.toFixed(4).replace(/0{1,2}$/, '')}`;
}

/** A number of bytes. */
export function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  if (bytes < 999_500) return `${Number((bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0))} kB`;
  return `${Number((bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0))} MB`;
}

function two(number: number): string {
  return number.toString().padStart(2, '0');
}
