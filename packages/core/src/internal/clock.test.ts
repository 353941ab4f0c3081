import { describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.js';

describe('system clock', () => {
  it.each([Infinity, 2 ** 40])('takes a delay of %d for a long one, which Node would take for none', (delayMs) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    systemClock.after(delayMs, () => undefined).cancel();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
