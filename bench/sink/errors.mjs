/** Errors: distinct ones of about 1 KB with their fields, as a failed request leaves them. */

class OrderError extends Error {
  code = 'ORDER_LOST';
}

/** Deep enough for the ten frames that V8 keeps by default. */
function failAt(depth, message) {
  if (depth > 0) return failAt(depth - 1, message);
  return new OrderError(message);
}

function hex(length) {
  let text = '';
  while (text.length < length) text += Math.floor(Math.random() * 2 ** 32).toString(16);
  return text.slice(0, length);
}

/** One error; `bench-NUMBER-end` in its message tells it from all others. Its stack was read, as writing a line does. */
export function makeError(number) {
  const error = failAt(8, `order bench-${number}-end of customer ${number % 97} could not be placed: out of stock`);
  void error.stack;
  return {
    error,
    message: `POST /orders failed for the ${number}th time`,
    fields: {
      request_id: hex(32),
      trace_id: hex(32),
      span_id: hex(16),
      user_id: `user-${number % 1_000}`,
      method: 'POST',
      route: '/orders/:id',
      path: `/orders/${number}`,
      status: 500,
    },
  };
}

export function makeErrors(first, count) {
  return Array.from({ length: count }, (_, index) => makeError(first + index));
}
