/** Known frames: the frames of a stack cleaned once for all errors that are thrown at the same place. */
import { detached } from '../internal/detached-text.js';
import type { Scrub } from './scrub.js';
import { findLocation, topFrame, type CodeLocation } from './stack.js';
import { sizeOf } from './weight.js';

export interface CleanStack {
  readonly text: string;
  /** First frame that is the application's own. */
  readonly location: CodeLocation | undefined;
}

/** The frames of a stack: everything from the first line that begins with `at`. */
export interface KnownFrames extends CleanStack {
  readonly raw: string;
  /** The clean text as a part of a JSON text. */
  readonly json: string;
  /** The location as a member of a JSON text, with a comma before it; empty when there is none. */
  readonly locationJson: string;
  readonly bytes: number;
  /** The end of the innermost frame, as it was. */
  readonly top: string;
}

const start = '\n    at ';

/** Places remembered: with all three texts of usual length, 0.4 MB in all. */
const maxPlaces = 128;
const maxLength = 4_096;

/** Nothing but frames as V8 writes them: no secret begins in the message above and ends in such a line. */
const onlyFrames = /^(?:\n {4}at [^\n]{1,400}(?<=:\d{1,9}:\d{1,9}\)?|<anonymous>\)?|native\)?|\(index \d{1,9}\)))+$/;

/** Finds the frames of a stack. */
export type FramesMemory = (stack: string) => KnownFrames | undefined;

/** Makes the memory of frames; it knows none that are more than frames, or too many. */
export function createFramesMemory(clean: Scrub): FramesMemory {
  const places = new Map<number, KnownFrames>();
  return (stack) => {
    const at = stack.indexOf(start);
    if (at < 0 || stack.length - at > maxLength) return undefined;
    const raw = stack.slice(at);
    const place = sampleOf(raw);
    const known = places.get(place);
    if (known?.raw === raw) return known;
    if (!onlyFrames.test(raw)) return undefined;
    if (places.size >= maxPlaces) places.clear();
    const frames = readFrames(detached(raw), clean);
    places.set(place, frames);
    return frames;
  };
}

/** Makes the function that cleans stacks. With the frames known, a stack of 500 characters takes 0.4 µs instead of 2.4. */
export function createStackCleaner(
  clean: Scrub,
  known: FramesMemory = createFramesMemory(clean),
): (stack: string) => CleanStack {
  return (stack) => {
    const frames = known(stack);
    if (frames === undefined) return cleaned(stack, clean);
    const message = stack.slice(0, stack.length - frames.raw.length);
    return { text: clean(message) + frames.text, location: frames.location };
  };
}

function readFrames(raw: string, clean: Scrub): KnownFrames {
  const { text, location } = cleaned(raw, clean);
  const json = JSON.stringify(text).slice(1, -1);
  const locationJson = location === undefined ? '' : `,"location":${JSON.stringify(location)}`;
  return { raw, text, location, json, locationJson, bytes: sizeOf(text), top: detached(topFrame(raw)) };
}

function cleaned(stack: string, clean: Scrub): CleanStack {
  const text = clean(stack);
  return { text, location: findLocation(text) };
}

const samples = 16;

/** A number that hardly two places share: V8's own hash reads the whole text, which takes ten times as long. */
function sampleOf(text: string): number {
  const { length } = text;
  let sum = length;
  for (let index = 0; index < samples; index++)
    sum = (Math.imul(sum, 31) + text.charCodeAt(Math.floor((index * length) / samples))) | 0;
  return sum;
}
