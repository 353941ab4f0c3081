/** Rounds: one variant after the other, again and again, so that whatever else the machine does meets all of them. */
import { measureInside } from './inside.mjs';

/** The figures of each variant, one entry a round. */
export async function runRounds(scenario, rounds, setting) {
  const opened = new Map();
  for (const variant of scenario.variants) opened.set(variant, await open(scenario, variant, setting));
  const runs = Object.fromEntries(scenario.variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [variant, { measure }] of opened) {
      runs[variant].push(await measure());
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  for (const { close } of opened.values()) close();
  return runs;
}

/** Sees that every variant runs, all at once and with few iterations; what it measures is worth nothing. */
export async function runSmoke(scenario, setting) {
  const [first] = scenario.variants;
  const all = scenario.variants.map(async (variant) => {
    const { measure, close } = await open(scenario, variant, setting);
    await measure();
    close();
  });
  await Promise.all([...all, scenario.describe?.(pathOf(scenario, first), setting)]);
}

/** What each variant did for one request, where the scenario can tell. */
export async function describeAll(scenario, setting) {
  const works = {};
  for (const variant of scenario.describe ? scenario.variants : [])
    works[variant] = await scenario.describe(pathOf(scenario, variant), setting);
  return works;
}

/** Kept open for all rounds where the scenario says how; else each round begins with a process of its own. */
async function open(scenario, variant, setting) {
  const path = pathOf(scenario, variant);
  if (scenario.open) return scenario.open(path, setting);
  const measure = scenario.measure ?? ((...given) => measureInside(scenario, ...given));
  return { measure: () => measure(path, setting), close: () => undefined };
}

function pathOf({ name, folder = name }, variant) {
  return `${folder}/${variant}`;
}
