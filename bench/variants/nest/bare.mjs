/** Bare: the route and nothing else. */
import { createApplication } from './application.mjs';

export const createListener = () => createApplication();
