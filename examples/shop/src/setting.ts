/** Setting: a variable of the environment that a service cannot do without. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start.ts sets it for every service`);
  return value;
}
