/** Demo data: the one customer of the shop, and secrets that no log line and no sink may ever see. */

export const customerToken = 'ada-demo-token';
const ada = { id: '42', email: 'ada@example.com' };

/** Customers by the header that they authenticate with. */
export const customers: ReadonlyMap<string, { id: string; email: string }> = new Map([
  [`Bearer ${customerToken}`, ada],
]);

/** What the shop is known by at its bank. */
export const bank = { password: 'correct-horse-battery', token: 'bank-token-5f2a', payer: ada.email };
