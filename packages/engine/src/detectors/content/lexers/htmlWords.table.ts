// Tags, attributes and events of HTML, SVG, MathML and of older browsers, by what they can do.

/** What a tag is good for: `script` runs, `active` loads or changes the page, `media` shows, `plain` formats. */
export const TAGS: readonly (readonly [kind: 's' | 'a' | 'f' | 'm' | 'p', names: string])[] = [
  ['s', 'script'],
  [
    'a',
    'object embed applet base meta frame frameset link isindex xml import portal layer ilayer bgsound event-source fencedframe handler listener animate animatetransform animatemotion animatecolor set maction annotation-xml foreignobject use htmlxml scriptlet',
  ],
  ['f', 'iframe'],
  [
    'm',
    'style svg math form input button select textarea option keygen template slot noscript noembed noframes plaintext xmp title body html head marquee blink comment image video audio source track canvas dialog details menu menuitem param portal picture map area math mtext mglyph desc path circle rect g a',
  ],
  [
    'p',
    'p br b i u s em strong small big sub sup span div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr th td col colgroup blockquote q cite code pre kbd samp var abbr acronym address hr img figure figcaption section article aside header footer nav main time mark del ins center font tt strike drupal-media drupal-entity drupal-url label fieldset legend ruby rb rp rt rtc wbr bdi bdo data dfn hgroup meter output progress summary search oembed nobr dir listing',
  ],
];

/** Attributes whose value is an address that the browser may run. */
export const URL_ATTRIBUTES =
  'href src action formaction data poster background dynsrc lowsrc srcset from to by values content manifest code codebase classid ping folder archive style usemap longdesc cite profile icon url param value';

/** Attributes that run, load or change something by being there. */
export const ACTIVE_ATTRIBUTES =
  'srcdoc allowscriptaccess datasrc dataformatas datafld fscommand seeksegmenttime ng-app ng-init ng-click ng-focus ng-mouseover ng-bind-html ng-include v-html v-bind v-on x-data x-init x-html hx-on data-bind attributename formaction';

/** Attributes of templating in the browser, by how they begin. */
export const ACTIVE_PREFIXES: readonly string[] = [
  'ng-',
  'v-on:',
  'v-bind:',
  'x-on:',
  'x-bind:',
  'hx-on',
  '@click',
  '@mouse',
  '@focus',
  '@load',
  '@error',
  '@key',
];

/** Handlers of events, without their `on`. */
export const EVENTS =
  'abort activate afterprint afterscriptexecute afterupdate animationcancel animationend animationiteration animationstart auxclick beforeactivate beforecopy beforecut beforedeactivate beforeeditfocus beforeinput beforematch beforepaste beforeprint beforescriptexecute beforetoggle beforeunload beforeupdate begin blur bounce cancel canplay canplaythrough cellchange change click close command compositionend compositionstart compositionupdate contentvisibilityautostatechange contextlost contextmenu contextrestored controlselect copy cuechange cut dataavailable datasetchanged datasetcomplete dblclick deactivate devicelight devicemotion deviceorientation drag dragdrop dragend dragenter dragexit dragleave dragover dragstart drop durationchange emptied end ended error errorupdate exit filterchange finish focus focusin focusout formchange formdata forminput fullscreenchange fullscreenerror gesturechange gestureend gesturestart gotpointercapture hashchange help input invalid keydown keypress keyup languagechange layoutcomplete load loadeddata loadedmetadata loadend loadstart losecapture lostpointercapture mediacomplete mediaerror message messageerror mousedown mouseenter mouseleave mousemove mouseout mouseover mouseup mousewheel move moveend movestart mozfullscreenchange offline online orientationchange outofsync overscroll page pagehide pagereveal pageshow pageswap paste pause play playing pointercancel pointerdown pointerenter pointerleave pointermove pointerout pointerover pointerrawupdate pointerup popstate progress promptdismiss promptaction propertychange ratechange readystatechange redo rejectionhandled repeat reset resize resizeend resizestart resume reverse rowenter rowexit rowdelete rowinserted rowsdelete rowsenter rowsinserted scroll scrollend scrollsnapchange scrollsnapchanging search securitypolicyviolation seek seeked seeking select selectionchange selectstart show slotchange stalled start stop storage submit suspend syncrestored timeerror timeupdate toggle touchcancel touchend touchmove touchstart trackchange transitioncancel transitionend transitionrun transitionstart undo unhandledrejection unload urlflip userproximity volumechange waiting webkitanimationend webkitanimationiteration webkitanimationstart webkitmouseforcechanged webkitmouseforcedown webkitmouseforceup webkitmouseforcewillbegin webkitplaybacktargetavailabilitychanged webkittransitionend webkitwillrevealbottom wheel zoom afterupdate beforescroll dataerror';

/** Hosts whose frames editors put into articles: players and maps. */
export const FRAME_HOSTS: readonly string[] = [
  'youtube.com',
  'youtube-nocookie.com',
  'youtu.be',
  'vimeo.com',
  'dailymotion.com',
  'google.com',
  'openstreetmap.org',
  'soundcloud.com',
  'spotify.com',
  'twitch.tv',
  'ted.com',
  'facebook.com',
  'instagram.com',
  'issuu.com',
  'slideshare.net',
  'arte.tv',
  'ard.de',
  'zdf.de',
  'podigee.io',
  'datawrapper.de',
];
