/** Table: the runs of a scenario as Markdown: median, least and greatest, what is added, and the ratios. */

/** @param figures `{ runs, works }`: per variant its figures, one entry a round, and in words what it did. */
export function table({ columns, compare }, { runs, works }) {
  const measured = columns.map(({ key, name, digits }) => ({
    name,
    cell: (variant) => spread(valuesOf(runs, variant, key), digits),
  }));
  const all = [...measured, ...comparisons(compare, columns, runs), ...workColumn(works)];
  const variants = Object.keys(runs);
  const rows = [
    ['', ...all.map(({ name }) => name)],
    ...variants.map((variant) => [variant, ...all.map(({ cell }) => cell(variant))]),
  ];
  const [heads, ...body] = variants.length === 1 ? transposed(rows) : rows;
  return [heads, heads.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One variant with many figures reads better from top to bottom. */
function transposed([heads, ...rows]) {
  return heads.map((head, index) => [head, ...rows.map((row) => row[index])]);
}

/** What a variant costs over another, round by round, and how that compares. */
function comparisons(compare, columns, runs) {
  if (compare === undefined) return [];
  const { by, over } = compare;
  const to = compare.to.filter((other) => other in runs);
  if (over !== undefined && !(over in runs)) return [];
  const { digits } = columns.find(({ key }) => key === by);
  const base = over && valuesOf(runs, over, by);
  const costs = (variant) => valuesOf(runs, variant, by).map((value, round) => value - (base?.[round] ?? 0));
  const added = {
    name: `added to ${over}`,
    cell: (variant) => (variant === over ? '' : spread(costs(variant), digits)),
  };
  const ratios = to.map((other) => ({
    name: `× ${other}`,
    cell: (variant) => (variant === over ? '' : (median(costs(variant)) / median(costs(other))).toFixed(2)),
  }));
  return over === undefined ? ratios : [added, ...ratios];
}

function workColumn(works) {
  return Object.keys(works).length === 0 ? [] : [{ name: 'what it did', cell: (variant) => works[variant] }];
}

function valuesOf(runs, variant, key) {
  return runs[variant].map((figures) => figures[key]);
}

function spread(numbers, digits) {
  if (numbers.some((number) => typeof number !== 'number')) return 'out of memory';
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)].map((number) => number.toFixed(digits));
  return low === high ? low : `${median(numbers).toFixed(digits)} (${low}–${high})`;
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
