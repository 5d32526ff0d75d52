// The event that a command was chosen for, wherever that was done: a row of the events tree, a frame of the call stack,
// a variable, or no place in particular.

import * as vscode from 'vscode';
import type { Moment } from '../adapter/protocol';
import type { SessionModel } from '../session/model';
import { momentOf } from '../views/eventElement';

/** What VS Code gives a command of the Call Stack's menu, after the address of the source. */
interface FrameArgument {
  /** `stackframe:thread:SESSION:THREAD:INDEX:SOURCE`: not the number that the adapter has given the frame. */
  frameId: string;
}

const FRAME = /^stackframe:thread:[^:]*:(\d+):(\d+):/;
// The innermost frame is at the event where its lane rests, the others are at the starts of their calls.
const EVENT_OF_FRAME = 'moment if frame.event.event_id == event_id else frame.metadata.event';

/** The event of a command's arguments; without one that of the frame shown. */
export async function eventChosen(model: SessionModel, chosen: readonly unknown[]): Promise<Moment> {
  const moment = chosen.map(momentOf).find((each) => each !== undefined);
  if (moment !== undefined) return moment;
  const frame = chosen.find(isFrameArgument);
  const frameId = (frame && (await numberOf(model, frame))) ?? shownFrame();
  return Number(await wholeValue(model, EVENT_OF_FRAME, frameId));
}

/** All of a value, as one would copy it. */
export async function wholeValue(model: SessionModel, expression: string, frameId?: number): Promise<string> {
  const { result } = await model.request<{ result: string }>('evaluate', { expression, frameId, context: 'clipboard' });
  return result;
}

/** The frame whose variables the editor shows. */
export function shownFrame(): number | undefined {
  const item = vscode.debug.activeStackItem;
  return item instanceof vscode.DebugStackFrame ? item.frameId : undefined;
}

async function numberOf(model: SessionModel, { frameId }: FrameArgument): Promise<number | undefined> {
  const [, threadId, startFrame] = (FRAME.exec(frameId) ?? []).map(Number);
  if (threadId === undefined || startFrame === undefined) return undefined;
  const place = { threadId, startFrame, levels: 1 };
  const { stackFrames } = await model.request<{ stackFrames: { id: number }[] }>('stackTrace', place);
  return stackFrames[0]?.id;
}

function isFrameArgument(value: unknown): value is FrameArgument {
  return typeof value === 'object' && value !== null && 'frameId' in value && typeof value.frameId === 'string';
}
