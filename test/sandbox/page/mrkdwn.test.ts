import { describe, expect, it } from 'vitest';
import { renderMrkdwn } from '../../../sandbox/slack/page/mrkdwn.js';
import { NOON, sceneOf } from './scene.js';

const render = (text: string, handle?: string) => renderMrkdwn(text, sceneOf(handle));

describe('mrkdwn', () => {
  it.each([
    ['*bold*', '<strong>bold</strong>'],
    ['_italic_', '<em>italic</em>'],
    ['~gone~', '<s>gone</s>'],
    ['*_both_*', '<strong><em>both</em></strong>'],
    ['`a * b * c`', '<code>a * b * c</code>'],
    ['one\ntwo', 'one<br>two'],
    ['&gt; quoted\nnot', '<blockquote>quoted</blockquote>not'],
    ['> quoted\n> more', '<blockquote>quoted<br>more</blockquote>'],
    ['say\n```\na  *b*\n```\nend', 'say<pre>a  *b*</pre>end'],
    [':white_check_mark: :no_such_thing:', '✅ :no_such_thing:'],
  ])('shows %j as %j', (text, html) => {
    expect(render(text)).toBe(html);
  });

  it.each(['2 * 3 * 4', 'snake_case_name', 'a*b*c', '5 ~ 6', '* not bold *', '10 % → 50 %'])(
    'leaves %j as typed',
    (text) => {
      expect(render(text)).toBe(text);
    },
  );

  it('shows the three entities as their characters, once', () => {
    expect(render('a &lt; b &amp; c &gt; d')).toBe('a &lt; b &amp; c &gt; d');
    expect(render('&amp;lt;')).toBe('&amp;lt;');
  });

  it('escapes what the app forgot to escape', () => {
    expect(render('a < b & "c"')).toBe('a &lt; b &amp; &quot;c&quot;');
    expect(render('`<b>`')).not.toContain('<b>');
  });

  it('names people, groups and channels', () => {
    expect(render('<@U0LEA>')).toBe('<span class="mention user">@Lea Lead</span>');
    expect(render('<@U0LEA|someone>')).toContain('@Lea Lead');
    expect(render('<!subteam^S0LEADS>')).toContain('@engineering-lead');
    expect(render('<#C0SHOP|old-name>')).toContain('#shop');
    expect(render('<@U0NOBODY>')).toContain('@U0NOBODY');
  });

  it('marks what mentions the viewer, directly or through a group', () => {
    expect(render('<@U0OPAL>')).toContain('mine');
    expect(render('<@U0OPAL>', 'lea')).not.toContain('mine');
    expect(render('<!subteam^S0LEADS>', 'lea')).toContain('mine');
    expect(render('<!subteam^S0LEADS>', 'opal')).not.toContain('mine');
  });

  it.each(['here', 'channel', 'everyone'])('shows <!%s> as a ping, also inside code', (name) => {
    expect(render(`<!${name}>`)).toBe(`<span class="mention ping mine">@${name}</span>`);
    expect(render(`\`<!${name}>\``)).toContain('mention ping');
    expect(render(`&lt;!${name}&gt;`)).not.toContain('mention');
  });

  it('follows http, https and mailto links only', () => {
    expect(render('<https://example.com/a?b=1&amp;c=2|the *board*>')).toBe(
      '<a href="https://example.com/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">the *board*</a>',
    );
    expect(render('<mailto:ops@example.com>')).toContain('href="mailto:ops@example.com"');
    expect(render('see https://example.com/x.')).toContain('href="https://example.com/x"');
    expect(render('<javascript:alert(1)|click>')).toBe('click');
    expect(render('<data:text/html,x|click>')).toBe('click');
  });

  describe('dates', () => {
    const at = (format: string, seconds = NOON / 1000) => `<!date^${seconds}^${format}|fallback>`;

    it('are in the viewer’s own zone', () => {
      expect(render(at('{time}'), 'opal')).toContain('>13:00<');
      expect(render(at('{time}'), 'oscar')).toContain('>04:00<');
      expect(render(at('{date_num} {time_secs}'), 'oscar')).toContain('>2026-11-20 04:00:00<');
    });

    it('say today, yesterday and tomorrow when asked to be pretty', () => {
      expect(render(at('due {date_pretty} at {time}'))).toContain('>due today at 13:00<');
      expect(render(at('{date_short_pretty}', NOON / 1000 - 86_400))).toContain('>yesterday<');
      expect(render(at('{date_long_pretty}', NOON / 1000 + 86_400))).toContain('>tomorrow<');
      expect(render(at('{date_short_pretty}', NOON / 1000 - 3 * 86_400))).toContain('>Nov 17, 2026<');
    });

    it('count how long ago', () => {
      expect(render(at('{ago}', NOON / 1000 - 7200))).toContain('>2 hours ago<');
      expect(render(at('{ago}', NOON / 1000 + 60))).toContain('>in 1 minute<');
    });

    it('fall back when the format or the time is unknown', () => {
      expect(render(at('{moon_phase}'))).toBe('fallback');
      expect(render('<!date^soon^{time}|later>')).toBe('later');
    });

    it('carry a link', () => {
      expect(render(`<!date^${NOON / 1000}^{time}^https://example.com/|x>`)).toContain(
        '<a href="https://example.com/"',
      );
    });
  });
});
