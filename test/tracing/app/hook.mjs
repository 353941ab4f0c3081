// Lets OpenTelemetry change ES modules as well.
import { register } from 'node:module';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
