/** Certificate: self-signed for `localhost`, with its key; made for these tests and valid for a hundred years. */

export const certificate = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBnDCCAUGgAwIBAgIUau55wSq1touMJ+ZE6HFgNmTCI3cwCgYIKoZIzj0EAwIw',
  'FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTExMzE1M1oYDzIxMjYxMDI4',
  'MTEzMTUzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO',
  'PQMBBwNCAATLxMGkvk6rR1HeN1luXFRtAsSE2MesozOubte2niLDROVsWfyhFclm',
  'mQSTM05nKafXNBSutM6xQU/mbvel4fgYo28wbTAdBgNVHQ4EFgQUPQLK3i9hJWdI',
  'YWgZtUKPCGF7atowHwYDVR0jBBgwFoAUPQLK3i9hJWdIYWgZtUKPCGF7atowDwYD',
  'VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI',
  'zj0EAwIDSQAwRgIhAPbe02Rn4kS1e8gNyFJ1KAENAlyZv2o0L0AQ2nM8z8QxAiEA',
  'z+SEIiuf5ll3O/W9v4tf51loVufEdGjq2kuBMy3M/a8=',
  '-----END CERTIFICATE-----',
].join('\n');

export const key = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRsfScgR72UqjMvqm',
  'zO9ibjF+lYNZGdnOh8wOT6U1OfShRANCAATLxMGkvk6rR1HeN1luXFRtAsSE2Mes',
  'ozOubte2niLDROVsWfyhFclmmQSTM05nKafXNBSutM6xQU/mbvel4fgY',
  '-----END PRIVATE KEY-----',
].join('\n');
