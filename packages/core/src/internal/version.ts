/** Version: of this package, for the servers that it talks to; a test compares it with `package.json`. */
export const version = '0.1.0';
