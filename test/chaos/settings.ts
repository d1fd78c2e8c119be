export const publicUrl = 'https://lapor.example.go.id';

export const coreSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** All channels as in real mode, with made-up secrets; `api` answers in the providers' place. */
export const settingsWith = (api: string): Readonly<Record<string, string>> => ({
  PUBLIC_URL: publicUrl,
  DATA_KEY: Buffer.alloc(32, 1).toString('base64'),
  ROUTING_CORE_SECRET: coreSecret,
  TRUST_PROXY: '1', // a web form is limited by address, and all citizens live here
  LOG_LEVEL: 'warn',
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000009',
  TWILIO_AUTH_TOKEN: 'twilio-token-for-chaos-0000000000',
  TWILIO_API_URL: `${api}/twilio`,
  X_CONSUMER_SECRET: 'x-consumer-secret-for-chaos',
  X_USER_ID: '1708170817081708170',
  X_HANDLE: 'LAPOR1708',
  X_API_URL: `${api}/x`,
  FACEBOOK_APP_SECRET: 'facebook-secret-for-chaos',
  FACEBOOK_VERIFY_TOKEN: 'facebook-verify-for-chaos',
  FACEBOOK_PAGE_ID: '100000000001708',
  FACEBOOK_GRAPH_URL: `${api}/graph`,
  TELEGRAM_BOT_TOKEN: '777000:telegram-token-for-chaos',
  TELEGRAM_SECRET_TOKEN: 'telegram-secret-for-chaos',
  TELEGRAM_BOT_USERNAME: 'LaporBot',
  TELEGRAM_API_URL: `${api}/telegram`,
});
