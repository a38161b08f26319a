// The names of the metrics: a contract with dashboards and alarms of users. docs/metrics.md is made from it.

export interface MetricDefinition<Label extends string = string> {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly Label[];
}

/** The labels of each metric. */
export interface MetricLabels {
  parapet_build_info: 'version';
  parapet_start_time_seconds: never;
  parapet_lines_total: 'source' | 'type';
  parapet_last_line_time_seconds: 'source';
  parapet_source_lag_bytes: 'source';
  parapet_source_errors_total: 'source' | 'code';
  parapet_events_parsed_total: 'source' | 'type';
  parapet_events_unparsed_total: 'source' | 'type';
  parapet_events_whitelisted_total: 'reason';
  parapet_buckets_active: 'scenario';
  parapet_overflows_total: 'scenario';
  parapet_alerts_total: 'scenario';
  parapet_alerts_spared_total: 'rule';
  parapet_decisions_total: 'origin' | 'remediation' | 'mode';
  parapet_decisions_active: 'origin' | 'remediation';
  parapet_items_loaded: 'kind';
  parapet_item_problems: 'kind';
  parapet_store_errors_total: 'code';
  parapet_queue_length: 'queue';
  parapet_queue_dropped_total: 'queue';
  parapet_signals_total: 'outcome';
  parapet_gateway_requests_total: 'status';
  parapet_gateway_request_duration_seconds: never;
  parapet_gateway_answers_total: 'cause';
  parapet_gateway_spared_total: 'cause';
  parapet_gateway_refusals_total: 'reason';
  parapet_gateway_asked_total: 'outcome';
  parapet_gateway_auth_total: 'outcome';
  parapet_appsec_answers_total: 'answer';
  parapet_gateway_upstream_failures_total: 'kind';
  parapet_gateway_connections_total: never;
  parapet_gateway_connections_open: never;
  parapet_gateway_connections_refused_total: never;
  parapet_gateway_bytes_total: 'direction';
  parapet_gateway_faults_total: never;
  parapet_gateway_workers: never;
  parapet_gateway_worker_restarts_total: never;
  parapet_gateway_memory_bytes: never;
  parapet_gateway_cpu_seconds_total: never;
  parapet_gateway_queued_bytes: never;
  parapet_gateway_table_decisions: never;
  parapet_gateway_table_version: never;
  parapet_gateway_table_refused_total: never;
  parapet_gateway_snapshot_error: never;
  parapet_notifications_total: 'channel' | 'outcome';
  parapet_notifications_waiting: 'channel';
  parapet_otlp_exports_total: 'signal' | 'outcome';
  process_resident_memory_bytes: never;
  process_cpu_seconds_total: never;
}

export type MetricName = keyof MetricLabels;

export const METRICS: { readonly [Name in MetricName]: MetricDefinition<MetricLabels[Name]> } = {
  parapet_build_info: {
    type: 'gauge',
    help: 'Always 1; the version is a label.',
    labels: ['version'],
  },
  parapet_start_time_seconds: {
    type: 'gauge',
    help: 'When the process started, seconds since the epoch.',
    labels: [],
  },
  parapet_lines_total: {
    type: 'counter',
    help: 'Lines read from sources.',
    labels: ['source', 'type'],
  },
  parapet_last_line_time_seconds: {
    type: 'gauge',
    help: 'When the last line was read, seconds since the epoch; raise an alarm when it stands still.',
    labels: ['source'],
  },
  parapet_source_lag_bytes: {
    type: 'gauge',
    help: 'Bytes of a file that are written but not read yet.',
    labels: ['source'],
  },
  parapet_source_errors_total: {
    type: 'counter',
    help: 'Times a source could not be read.',
    labels: ['source', 'code'],
  },
  parapet_events_parsed_total: {
    type: 'counter',
    help: 'Lines that became an event.',
    labels: ['source', 'type'],
  },
  parapet_events_unparsed_total: {
    type: 'counter',
    help: 'Lines that no parser understood.',
    labels: ['source', 'type'],
  },
  parapet_events_whitelisted_total: {
    type: 'counter',
    help: 'Events that a whitelist took out.',
    labels: ['reason'],
  },
  parapet_buckets_active: {
    type: 'gauge',
    help: 'Buckets that hold something.',
    labels: ['scenario'],
  },
  parapet_overflows_total: {
    type: 'counter',
    help: 'Buckets that overflowed.',
    labels: ['scenario'],
  },
  parapet_alerts_total: {
    type: 'counter',
    help: 'Alerts raised.',
    labels: ['scenario'],
  },
  parapet_alerts_spared_total: {
    type: 'counter',
    help: 'Alerts that a never-rule kept from becoming decisions.',
    labels: ['rule'],
  },
  parapet_decisions_total: {
    type: 'counter',
    help: 'Decisions made.',
    labels: ['origin', 'remediation', 'mode'],
  },
  parapet_decisions_active: {
    type: 'gauge',
    help: 'Decisions that have not expired.',
    labels: ['origin', 'remediation'],
  },
  parapet_items_loaded: {
    type: 'gauge',
    help: 'Parsers, scenarios and other items that are in use.',
    labels: ['kind'],
  },
  parapet_item_problems: {
    type: 'gauge',
    help: 'Items that were not loaded because something in them is wrong.',
    labels: ['kind'],
  },
  parapet_store_errors_total: {
    type: 'counter',
    help: 'Writes to the store that failed and are tried again.',
    labels: ['code'],
  },
  parapet_queue_length: {
    type: 'gauge',
    help: 'What waits in a bounded queue.',
    labels: ['queue'],
  },
  parapet_queue_dropped_total: {
    type: 'counter',
    help: 'What a full queue had to drop; anything but 0 deserves a look.',
    labels: ['queue'],
  },
  parapet_signals_total: {
    type: 'counter',
    help: 'Records that applications sent, by what became of them: accepted, duplicate, refused.',
    labels: ['outcome'],
  },
  parapet_gateway_requests_total: {
    type: 'counter',
    help: 'Requests that came to their end, by the first digit of the status.',
    labels: ['status'],
  },
  parapet_gateway_request_duration_seconds: {
    type: 'histogram',
    help: 'How long requests took, from their head to the last byte of the answer.',
    labels: [],
  },
  parapet_gateway_answers_total: {
    type: 'counter',
    help: 'Answers of the gateway itself, by why; none of them is evidence.',
    labels: ['cause'],
  },
  parapet_gateway_spared_total: {
    type: 'counter',
    help: 'Requests that passed although a decision applied, by why: the site observes, a pass was shown, …',
    labels: ['cause'],
  },
  parapet_gateway_refusals_total: {
    type: 'counter',
    help: 'Bytes that were no request, or one with two readings, by why.',
    labels: ['reason'],
  },
  parapet_gateway_asked_total: {
    type: 'counter',
    help: 'Requests that were shown to the engine before they were answered: `decided` ones were stopped.',
    labels: ['outcome'],
  },
  parapet_gateway_auth_total: {
    type: 'counter',
    help: 'Questions of other servers (forward-auth): `passed`, `answered` by us, `refused` as no question, or from `strangers`.',
    labels: ['outcome'],
  },
  parapet_appsec_answers_total: {
    type: 'counter',
    help: 'Questions of web servers about requests (AppSec): `allow`, `ban`, `captcha`, `unauthorized` without a good key, `malformed` ones, and `fault`s of our own.',
    labels: ['answer'],
  },
  parapet_gateway_upstream_failures_total: {
    type: 'counter',
    help: 'What went wrong with servers of the site: `connection`, `timeout`, `retry`, `cut`.',
    labels: ['kind'],
  },
  parapet_gateway_connections_total: {
    type: 'counter',
    help: 'Connections of visitors.',
    labels: [],
  },
  parapet_gateway_connections_open: {
    type: 'gauge',
    help: 'Connections of visitors that are open.',
    labels: [],
  },
  parapet_gateway_connections_refused_total: {
    type: 'counter',
    help: 'Connections closed at once because there were too many.',
    labels: [],
  },
  parapet_gateway_bytes_total: {
    type: 'counter',
    help: 'Bytes of requests (`in`) and of answers (`out`).',
    labels: ['direction'],
  },
  parapet_gateway_faults_total: {
    type: 'counter',
    help: 'Faults in deciding on a request; each let its request pass. Anything but 0 deserves a look.',
    labels: [],
  },
  parapet_gateway_workers: {
    type: 'gauge',
    help: 'Workers that are connected to the engine.',
    labels: [],
  },
  parapet_gateway_worker_restarts_total: {
    type: 'counter',
    help: 'Workers that ended by themselves and were replaced.',
    labels: [],
  },
  parapet_gateway_memory_bytes: {
    type: 'gauge',
    help: 'Memory of all workers.',
    labels: [],
  },
  parapet_gateway_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time of all workers.',
    labels: [],
  },
  parapet_gateway_queued_bytes: {
    type: 'gauge',
    help: 'What workers hold until the engine has kept it.',
    labels: [],
  },
  parapet_gateway_table_decisions: {
    type: 'gauge',
    help: 'Decisions in the table of the worker that has the fewest.',
    labels: [],
  },
  parapet_gateway_table_version: {
    type: 'gauge',
    help: 'How many changes of decisions have been told to workers.',
    labels: [],
  },
  parapet_gateway_table_refused_total: {
    type: 'counter',
    help: 'Decisions that a table could not take.',
    labels: [],
  },
  parapet_gateway_snapshot_error: {
    type: 'gauge',
    help: '1 while decisions.bin cannot be written.',
    labels: [],
  },
  parapet_notifications_total: {
    type: 'counter',
    help: 'Tries to deliver a message, by channel and what became of them: delivered, failed or gave up.',
    labels: ['channel', 'outcome'],
  },
  parapet_notifications_waiting: {
    type: 'gauge',
    help: 'Messages that wait to be delivered, by channel.',
    labels: ['channel'],
  },
  parapet_otlp_exports_total: {
    type: 'counter',
    help: 'Messages to an OpenTelemetry collector, by what became of them: delivered, failed, refused.',
    labels: ['signal', 'outcome'],
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Memory of the process.',
    labels: [],
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'Processor time of the process, user and system.',
    labels: [],
  },
};
