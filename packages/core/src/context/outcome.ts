/** Outcome: how work went, told when it is done, also where it is a promise. */
import { isPromise } from 'node:util/types';

/** Calls `run`, and `tell` at its end. What `run` gives comes back, a promise as another one of the same outcome. */
export function tellOutcome<R>(run: () => R, tell: (failed: boolean) => void): R {
  let result: R;
  try {
    result = run();
  } catch (error) {
    tell(true);
    throw error;
  }
  if (isPromise(result)) return result.then(...outcomes(tell)) as R;
  tell(false);
  return result;
}

function outcomes(
  tell: (failed: boolean) => void,
): [fulfilled: (value: unknown) => unknown, rejected: (error: unknown) => never] {
  return [
    (value) => {
      tell(false);
      return value;
    },
    (error) => {
      tell(true);
      throw error;
    },
  ];
}
