// Resolves a framework from the workspace of its major, wherever it is imported; for --import.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

const workspace = pathToFileURL(`${process.env.FRAMEWORK_WORKSPACE}/package.json`).href;

const hooks = `
const framework = /^(express|koa|rxjs|reflect-metadata|@nestjs\\/[^/]+)(\\/.*)?$/;
export function resolve(specifier, context, next) {
  const isOurs = framework.test(specifier) && !context.parentURL?.includes('/node_modules/');
  return next(specifier, isOurs ? { ...context, parentURL: ${JSON.stringify(workspace)} } : context);
}`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
