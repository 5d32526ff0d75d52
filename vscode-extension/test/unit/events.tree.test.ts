import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { ChildrenPage, EventNode, Moment, Position } from '../../src/adapter/protocol';
import { EVERYTHING } from '../../src/views/events/filter';
import { type Element, EventTree, MoreRow, type Place, Row } from '../../src/views/events/tree';
import { node } from './eventNodes';

/** A run as the adapter tells of it: an app (0) with `turns` calls, each of which has one event in it. */
class Run {
  readonly asked: string[] = [];
  shown: (node: EventNode) => boolean = () => true;

  constructor(public turns: number) {}

  get position(): Position {
    return { moment: 0, events: this.turns * 3 + 1, complete: false, elapsedMs: 0, atStart: true, atEnd: false };
  }

  readonly request = async <T>(command: string, args: object): Promise<T> => {
    this.asked.push(command);
    return (command === 'n3/path' ? this.path(args as { moment: Moment }) : this.children(args)) as T;
  };

  private node(moment: Moment): EventNode {
    const turn = moment > 0 && moment % 3 === 1;
    const end = moment === 0 ? null : turn ? moment + 2 : moment;
    const component = moment === 0 ? 'app' : turn ? 'agent' : 'tool';
    return node(moment, {
      end,
      label: `${component} ${moment}`,
      kind: `${component}_call`,
      component,
      hasChildren: moment === 0 || turn,
    });
  }

  private children(args: { parent?: Moment; after?: Moment; count?: number }): ChildrenPage {
    const { parent = -1, after = parent, count = 100 } = args;
    const inside =
      parent === -1 ? [0] : parent === 0 ? Array.from({ length: this.turns }, (_, turn) => turn * 3 + 1) : [parent + 1];
    const rest = inside.filter((moment) => moment > after);
    const page = rest.slice(0, count);
    const children = page.map((moment) => this.node(moment)).filter((node) => this.shown(node));
    return { parent, children, more: rest.length > count, after: page.at(-1) ?? after };
  }

  private path({ moment }: { moment: Moment }): { path: EventNode[] } {
    const turn = moment - ((moment - 1) % 3);
    return { path: moment === 0 ? [this.node(0)] : [this.node(0), this.node(turn)] };
  }
}

const names = (elements: Element[]): (number | string)[] =>
  elements.map((each) => (each instanceof Row ? each.moment : 'more'));
const places = (changed: Place[]): (number | undefined)[] => changed.map((place) => place?.moment);
const treeOf = (run: Run, narrowing = EVERYTHING): EventTree => new EventTree(run.request, narrowing, run.position);
const shown = async (tree: EventTree, parent?: Row): Promise<Row[]> =>
  (await tree.children(parent)).filter((each) => each instanceof Row);

describe('the tree of events', () => {
  it('reads a call by the page, and the next page when it is asked for more', async () => {
    const tree = treeOf(new Run(250));
    const [app] = await shown(tree);
    const first = await tree.children(app);

    strictEqual(first.length, 101);
    const more = first.at(-1);
    strictEqual(more instanceof MoreRow, true);
    await tree.more(more as MoreRow);

    strictEqual((await tree.children(app)).length, 201);
  });

  it('opens the only outermost call by itself, and no other', async () => {
    const tree = treeOf(new Run(3));
    const [app] = await shown(tree);
    const [turn] = await shown(tree, app);

    deepStrictEqual([app?.opened, turn?.opened], [true, false]);
  });

  it('asks nothing for a stop whose row is there, at the start or at the end of a call', async () => {
    const run = new Run(3);
    const tree = treeOf(run);
    const [app] = await shown(tree);
    await tree.children(app);
    run.asked.length = 0;

    const start = await tree.find(4);
    const end = await tree.find(6);

    deepStrictEqual([start.row?.moment, end.row?.moment, run.asked], [4, 4, []]);
  });

  it('finds a stop far away with one question for the way and one for each level that is not there', async () => {
    const run = new Run(30_000);
    const tree = treeOf(run);
    const [app] = await shown(tree);
    await tree.children(app);
    run.asked.length = 0;

    const { row, changed } = await tree.find(60_002);

    strictEqual(row?.moment, 60_002);
    deepStrictEqual(places(changed), [0, 60_001]);
    deepStrictEqual(run.asked, ['n3/path', 'n3/children', 'n3/children']);
    strictEqual(row.parent?.parent, app);

    run.asked.length = 0;
    await tree.find(60_005);

    deepStrictEqual(run.asked, ['n3/path', 'n3/children']);
  });

  it('finds a stop before anything was shown', async () => {
    const tree = treeOf(new Run(10));

    const { row, changed } = await tree.find(8);

    strictEqual(row?.moment, 8);
    deepStrictEqual(places(changed), [undefined, 0, 7]);
  });

  it('shows the first events above a stop far away, where one looks first', async () => {
    const tree = treeOf(new Run(30_000));
    await tree.find(60_002);
    const [app] = await shown(tree);

    const rows = names(await tree.children(app));

    deepStrictEqual([rows[0], rows[100], rows.includes(60_001)], [1, 'more', true]);
  });

  it('finds the call around a stop that is filtered out, and then asks for the way alone', async () => {
    const run = new Run(10);
    run.shown = (node) => node.component !== 'tool';
    const tree = treeOf(run, { words: 'agent', errorsOnly: false });
    await tree.children((await shown(tree))[0]);

    strictEqual((await tree.find(8)).row?.moment, 7);
    run.asked.length = 0;
    strictEqual((await tree.find(8)).row?.moment, 7);

    deepStrictEqual(run.asked, ['n3/path']);
  });

  it('finds nothing when all of the way is filtered out', async () => {
    const run = new Run(10);
    run.shown = () => false;
    const tree = treeOf(run, { words: 'memory', errorsOnly: false });

    deepStrictEqual(await tree.find(8), { row: undefined, changed: [undefined] });
  });

  it('asks again, and goes on, while a filter has let nothing through yet', async () => {
    const run = new Run(1_000);
    let unready = 3;
    run.shown = (node) => node.component !== 'agent' || node.moment > 901;
    const request: typeof run.request = async (command, args) =>
      unready-- > 0 ? ((await run.request(command, { ...args, count: 0 })) as never) : run.request(command, args);
    const tree = new EventTree(request, { words: 'agent', errorsOnly: false }, run.position);
    const [app] = await shown(tree);

    strictEqual((await shown(tree, app))[0]?.moment, 904);
  });

  it('takes in what came after when the run has grown, and keeps the rows that it had', async () => {
    const run = new Run(2);
    const tree = treeOf(run);
    const [app] = await shown(tree);
    const before = await shown(tree, app);

    run.turns = 4;
    strictEqual(tree.isBehind(run.position), true);
    const changed = await tree.grow(run.position);
    const after = await shown(tree, app);

    deepStrictEqual(places(changed), [0]);
    deepStrictEqual(names(after), [1, 4, 7, 10]);
    strictEqual(after[1], before[1]);
    strictEqual(tree.isBehind(run.position), false);
  });
});
