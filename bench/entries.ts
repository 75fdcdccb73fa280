// The entries the benchmarks write: file uploads as a storage product would tell them.
export function uploadEvent(index: number): Record<string, unknown> {
  const id = index.toString(36).padStart(10, '0');
  return {
    event_type: 'file.create',
    user_id: `usr_${String(index % 200)}`,
    user_email: `person${String(index % 200)}@example.com`,
    share_id: `shr_${String(index % 10)}`,
    resource_type: 'file',
    resource_id: `fil_${id}`,
    resource_name: `report-${id}.pdf`,
    path: `/Engineering/2026/report-${id}.pdf`,
    change: { change_type: 'created', new_path: `/Engineering/2026/report-${id}.pdf`, version_id: `ver_${id}`, metadata: { size: 12_345 + index, mime_type: 'application/pdf' } },
    ip_address: `203.0.113.${String(index % 250)}`,
    user_agent: 'ExampleDrive/4.2 (Linux)',
    event_time: '2026-11-20T10:15:05Z',
    details: { version: 1, size: 12_345 + index, source: 'desktop' },
  };
}
