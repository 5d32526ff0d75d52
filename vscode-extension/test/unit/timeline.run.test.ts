import { deepStrictEqual, strictEqual } from 'node:assert';
import { Run } from '../../src/timeline/run';
import { picture, span } from './timelinePictures';

const POSITION = { moment: 7, events: 20, elapsedMs: 900, complete: true, atStart: false, atEnd: false };

describe('what the timeline knows of a run', () => {
  it('is where it rests: as a picture told it, or as the stop itself did', () => {
    const run = new Run();
    strictEqual(run.placeOn('time'), undefined);
    run.position = POSITION;
    strictEqual(run.placeOn('time'), 900);
    strictEqual(run.placeOn('events'), 7.5);
    run.find({ moment: 6, ms: 300, track: 1, depth: 0 });
    strictEqual(run.placeOn('time'), 900);
    run.strip = picture({ position: { moment: 7, ms: 350, track: 2, depth: 0 } });
    strictEqual(run.placeOn('time'), 350);
  });

  it('is the track of an event, by its span or by what was asked for it', () => {
    const run = new Run();
    run.find({ moment: 9, ms: 450, track: 4, depth: 1 });
    strictEqual(run.trackOf(9), 4);
    run.draw(picture({ spans: [span(3, 9, 0, { track: 5 })] }));
    strictEqual(run.trackOf(9), 5);
    strictEqual(run.trackOf(8), undefined);
  });

  it('places its marks whenever there is a picture, and forgets them with the run', () => {
    const run = new Run();
    run.mark({ stops: [], bookmarks: [{ name: 'here', moment: 4 }] });
    deepStrictEqual(run.marks, []);
    run.draw(picture());
    deepStrictEqual(run.marks, [{ kind: 'bookmark', moment: 4, text: 'bookmark here', at: 4.5 }]);
    run.forget();
    deepStrictEqual(run.marks, []);
    deepStrictEqual(run.markers, { stops: [], bookmarks: [] });
    strictEqual(run.drawing, undefined);
  });
});
