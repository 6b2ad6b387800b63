/**
 * A rollout to everybody, one that is taken back by the bot and one that a person takes back: the real bot, a real
 * browser, and people who have a keyboard and no mouse. After every step the focus is seen, and on something.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, chromiumPath, openBrowser } from '../support/chromium.js';
import { type Person, personAt } from './keyboard/person.js';
import { openPlace, type Place } from './keyboard/place.js';

describe.skipIf(!chromiumPath())('by keyboard alone', () => {
  let place: Place;
  let browser: Browser;
  let person: Person;

  beforeAll(async () => {
    // One after the other: what did start is ended also when the other does not.
    place = await openPlace();
    browser = await openBrowser();
    await browser.page.goto(`${place.url}/#/U0OPAL/C0SHOP`);
    await browser.page.waitFor(`document.querySelector('.empty')`);
    person = personAt(browser.page);
  });
  afterAll(async () => {
    await browser?.close();
    await place?.close();
  });

  test('act one: a change goes to everybody, one request denied with a reason on the way', async () => {
    await person.write('/rollout start new-checkout numbers look good');
    await person.sees('New checkout · 10 % of production');
    await person.activate('Advance to 25 %');
    await person.sees('New checkout · 25 % of production');
    expect(await place.flag('new checkout')).toBe('on at 25 %');

    await person.activate('Advance to 50 %');
    await person.become('Lea Lead');
    await person.activate('Deny');
    await person.escape();
    await person.activate('Deny');
    await person.isAsked('25 % → 50 %');
    await person.answer('Deny');
    await person.isAsked('Please complete this required field.');
    await person.type('marketing mails go out at noon');
    await person.answer('Deny');
    await person.sees('Denied by @Lea Lead');
    await person.sees('marketing mails go out at noon');
    expect(await place.flag('new checkout')).toBe('on at 25 %');

    await person.become('Opal Operator');
    await person.activate('Advance to 50 %');
    await person.become('Lea Lead');
    await person.activate('Approve');
    await person.sees('New checkout · 50 % of production');
    expect(await place.flag('new checkout')).toBe('on at 50 %');

    await person.become('Opal Operator');
    await person.activate('Advance to 100 %');
    await person.become('Lou Lead');
    await person.activate('Approve');
    await person.sees('New checkout completed at 100 %');
    expect(await place.flag('new checkout')).toBe('on at 100 %');
    await place.shop.everyoneChecksOut();
    expect(await place.shop.usersOnNewCheckout()).toHaveLength(200);
  });

  test('act two: the shop breaks, and the bot takes the change back while nobody touches anything', async () => {
    await place.switchOff();
    await person.become('Opal Operator');
    await person.write('/rollout start new-checkout the next version');
    await person.activate('Advance to 25 %');
    await person.sees('New checkout · 25 % of production');
    place.shop.control({ who: 'exposed', errorRate: 60 });
    await person.sees('ROLLED BACK New checkout from 25 % to 0 %');
    expect(await place.flag('new checkout')).toBe('off at 0 %');
    await place.shop.everyoneChecksOut();
    expect(await place.shop.usersOnNewCheckout()).toEqual([]);
    place.shop.control({ who: 'exposed', errorRate: 0 });
  });

  test('an approval from the Home tab, one taken back, and Roll back in two keys', async () => {
    await person.become('Opal Operator');
    await person.goTo('# releases');
    await person.write('/rollout start gift-cards');
    await person.sees('0 of 2');

    await person.become('Lea Lead');
    await person.goTo('⌂ Home');
    await person.sees('Waiting for your approval (1)');
    await person.activate('Approve');
    await person.seesNoMore('Waiting for your approval');
    await person.goTo('# releases');
    await person.sees('1 of 2');
    await person.activate('Withdraw');
    await person.seesNoMore('1 of 2');
    await person.activate('Approve');
    await person.sees('1 of 2');
    expect(await place.flag('gift cards')).toBe('off at 0 %');

    await person.become('Lou Lead');
    await person.goTo('⌂ Home');
    await person.activate('Approve');
    await person.seesNoMore('Waiting for your approval');
    await person.goTo('# releases');
    await person.sees('Gift cards · 50 % of production');
    expect(await place.flag('gift cards')).toBe('on at 50 %');

    const before = person.activations;
    await person.activate('Roll back');
    await person.isAsked('from 50 % to 0 % (off) at once');
    await person.answer('Roll back');
    await person.sees('Rolled back Gift cards from 50 % to 0 %');
    expect(person.activations - before).toBe(2);
    expect(await place.flag('gift cards')).toBe('off at 0 %');
    expect(browser.page.problems, 'the page had no errors').toEqual([]);
    expect(place.said).not.toContainEqual(expect.stringContaining('ended by itself'));
  });
});
