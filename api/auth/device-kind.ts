// What kind of device a user agent tells of: a browser, an app on a desktop or a mobile device, or a program.
import Bowser from 'bowser';
import type { DeviceKind } from '../../domain/session/session.schema.ts';

export function deviceKindOfAgent(userAgent: string | null): DeviceKind {
  if (userAgent === null || !userAgent.startsWith('Mozilla/')) return 'api';
  const { browser, platform } = Bowser.parse(userAgent);
  if (platform.type === 'mobile' || platform.type === 'tablet') return 'mobile';
  if (browser.name === undefined || browser.name === '') return 'api';
  return browser.name === 'Electron' || userAgent.includes('Electron/') ? 'desktop' : 'web';
}
