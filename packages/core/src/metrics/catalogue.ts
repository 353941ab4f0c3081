/** Catalogue: every metric of ours with its labels, from which it is registered and documented. */

/** What is fixed about one metric. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence, as scrapers and the documentation show it. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[];
  /** What the values of several processes or threads become; their sum if left out. */
  readonly together?: 'min' | 'max';
}

/** Label of the one series that takes what would have been too many; its value is `true`. */
export const overflowLabel = 'overflow';

const exporter: readonly string[] = ['exporter'];
const request: readonly string[] = ['method', 'route', 'status_code'];
/** Not `job`: Prometheus has a label of that name for every target, and would call ours `exported_job`. */
const job: readonly string[] = ['queue', 'name'];
/** From what is over at once to what runs for an hour. */
const jobBuckets: readonly number[] = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

/** Ours; the `process_` and `nodejs_` metrics of the client library keep their own names and are not repeated here. */
export const metricsCatalogue: Readonly<Record<MetricKey, MetricDescription>> = {
  requestDuration: {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    help: 'Time from the arrival of a request to the end of its response; status 499 is a client that hung up.',
    labels: request,
    // The advice of OpenTelemetry for http.server.request.duration:
    // https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  requests: {
    name: 'http_requests_total',
    type: 'counter',
    help: 'Requests that ended.',
    labels: request,
  },
  requestsInFlight: {
    name: 'http_requests_in_flight',
    type: 'gauge',
    help: 'Requests that arrived and have not ended.',
    labels: ['method'],
  },
  jobDuration: {
    name: 'job_duration_seconds',
    type: 'histogram',
    help: 'Time that a job ran; the outcome is succeeded or failed.',
    labels: [...job, 'outcome'],
    buckets: jobBuckets,
  },
  jobs: {
    name: 'jobs_total',
    type: 'counter',
    help: 'Jobs that ended.',
    labels: [...job, 'outcome'],
  },
  jobWait: {
    name: 'job_wait_seconds',
    type: 'histogram',
    help: 'Time from when a job was asked for until it ran, where that is known.',
    labels: job,
    buckets: jobBuckets,
  },
  jobsActive: {
    name: 'jobs_active',
    type: 'gauge',
    help: 'Jobs that run now.',
    labels: job,
  },
  jobLastSuccess: {
    name: 'job_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a job last succeeded, in seconds since 1970.',
    labels: job,
    together: 'max',
  },
  healthStatus: {
    name: 'health_check_status',
    type: 'gauge',
    help: 'What a health check last found: 1 ok, 0.5 degraded or unknown, 0 down.',
    labels: ['name'],
    together: 'min',
  },
  healthTransitions: {
    name: 'health_check_transitions_total',
    type: 'counter',
    help: 'How often a health check went down or came back.',
    labels: ['name', 'status'],
  },
  exporterOffered: {
    name: 'throughline_exporter_offered_total',
    type: 'counter',
    help: 'Error records given to an exporter; the sum of delivered, rejected, dropped, unconfirmed, queued and spooled.',
    labels: exporter,
  },
  exporterDelivered: {
    name: 'throughline_exporter_delivered_total',
    type: 'counter',
    help: 'Error records that the destination took.',
    labels: exporter,
  },
  exporterRejected: {
    name: 'throughline_exporter_rejected_total',
    type: 'counter',
    help: 'Error records that the destination refused.',
    labels: exporter,
  },
  exporterDropped: {
    name: 'throughline_exporter_dropped_total',
    type: 'counter',
    help: 'Error records given up before they were sent.',
    labels: exporter,
  },
  exporterUnconfirmed: {
    name: 'throughline_exporter_unconfirmed_total',
    type: 'counter',
    help: 'Error records sent without an answer that says whether they arrived.',
    labels: exporter,
  },
  exporterQueued: {
    name: 'throughline_exporter_queued',
    type: 'gauge',
    help: 'Error records that wait in memory.',
    labels: exporter,
  },
  exporterSpooled: {
    name: 'throughline_exporter_spooled',
    type: 'gauge',
    help: 'Error records that wait on disk alone.',
    labels: exporter,
  },
  exporterState: {
    name: 'throughline_exporter_state',
    type: 'gauge',
    help: 'State of an exporter: 1 for the one it is in, 0 for the others.',
    labels: ['exporter', 'state'],
  },
  logLines: {
    name: 'log_lines_total',
    type: 'counter',
    help: 'Lines written to the log.',
    labels: ['level'],
  },
  eventLoopUtilization: {
    name: 'nodejs_eventloop_utilization',
    type: 'gauge',
    help: 'Share of the last ten seconds or more in which the event loop was busy, from 0 to 1.',
    labels: [],
    together: 'max',
  },
  series: {
    name: 'throughline_metric_series',
    type: 'gauge',
    help: 'Label sets that a metric has.',
    labels: ['metric'],
    together: 'max',
  },
  seriesOverflowed: {
    name: 'throughline_metric_overflowed_total',
    type: 'counter',
    help: 'Observations that went to the overflow series because a metric had as many label sets as it may.',
    labels: ['metric'],
  },
  sources: {
    name: 'throughline_metric_sources',
    type: 'gauge',
    help: 'Other processes and threads that are told of here, by whether they answered; of a silent one the last values stay.',
    labels: ['state'],
  },
  appInfo: {
    name: 'app_info',
    type: 'gauge',
    help: 'Always 1; tells which release is running.',
    labels: ['service', 'version', 'env'],
    together: 'max',
  },
};

/** How the code calls a metric. */
export type MetricKey =
  | 'requestDuration'
  | 'requests'
  | 'requestsInFlight'
  | 'jobDuration'
  | 'jobs'
  | 'jobWait'
  | 'jobsActive'
  | 'jobLastSuccess'
  | 'healthStatus'
  | 'healthTransitions'
  | `exporter${'Offered' | 'Delivered' | 'Rejected' | 'Dropped' | 'Unconfirmed' | 'Queued' | 'Spooled' | 'State'}`
  | 'logLines'
  | 'eventLoopUtilization'
  | 'series'
  | 'seriesOverflowed'
  | 'sources'
  | 'appInfo';
