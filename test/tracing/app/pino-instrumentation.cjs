// Starts OpenTelemetry's instrumentation of pino; `SENDS` says whether it sends lines, `TAKES` whether somebody takes them.
const { logs } = require('@opentelemetry/api');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino');
const { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } = require('@opentelemetry/sdk-logs');

const { SENDS, TAKES } = process.env;
const exporter = new InMemoryLogRecordExporter();
const processors = [new SimpleLogRecordProcessor({ exporter })];
if (TAKES === 'true') logs.setGlobalLoggerProvider(new LoggerProvider({ processors }));
registerInstrumentations({ instrumentations: [new PinoInstrumentation({ disableLogSending: SENDS === 'false' })] });

globalThis.sent = () => exporter.getFinishedLogRecords().map(({ body }) => body);
