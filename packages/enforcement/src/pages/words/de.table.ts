import type { Words } from './words.ts';

export const DE: Words = {
  language: 'de',
  from: 'Schutz von {site}',
  record: 'Vorgang',
  tryAgain: 'Noch einmal versuchen',
  signIn: 'Anmelden',
  check: {
    title: 'Einen Moment, bitte',
    lead: 'Wir stellen sicher, dass hier ein Browser anfragt und kein Programm. Das dauert einige Sekunden, Sie müssen nichts tun.',
    progress: 'Fortschritt der Prüfung',
    checking: 'Prüfung läuft …',
    working: 'Prüfung läuft. Das kann einige Sekunden dauern …',
    done: 'Fertig. Ihre Seite wird geladen.',
    failed: 'Die Prüfung ist nicht gelungen.',
    noCookies:
      'Die Prüfung ist gelungen, aber Ihr Browser hat das Cookie nicht behalten, in dem das steht. Bitte erlauben Sie Cookies für diese Website.',
    sent: 'Was Sie abgeschickt haben, ist nicht angekommen. Nach der Prüfung können Sie es erneut senden.',
    sentDone: 'Die Prüfung ist fertig. Was Sie abgeschickt haben, ist noch nicht angekommen.',
    sendAgain: 'Erneut senden',
    goBack: 'Zurück zum Formular',
    slow: 'Klappt es nicht?',
    slowLink: 'Stattdessen die Warteseite nutzen',
    whyTitle: 'Warum sehe ich das?',
    why: 'Programme senden sehr viele Anfragen an diese Website, oder einige kamen aus Ihrem Netz. Die Prüfung hält sie fern, damit Platz für Menschen bleibt.',
    privacy:
      'Ihr Browser behält ein einziges Cookie. Darin steht, dass Sie geprüft wurden und bis wann das gilt. Nichts über Sie wird an andere gesendet.',
    noScript: 'Ihr Browser führt keine Skripte aus. Stattdessen genügt es, kurz zu warten.',
    program:
      'Diese Anfrage muss von einem geprüften Browser kommen. Öffnen Sie die Seite einmal in einem Browser, oder bitten Sie den Betreiber der Website, Ihr Programm zuzulassen.',
  },
  wait: {
    title: 'Bitte warten: Schritt {step} von {steps}',
    lead: 'Eine kurze Wartezeit tritt an die Stelle der Prüfung. Dauer dieses Schritts: {time}.',
    goesOn: 'Die Seite geht von selbst weiter.',
    link: 'Weiter, falls nicht',
    doneTitle: 'Es kann weitergehen',
    done: 'Die Wartezeit ist vorbei. Bitte gehen Sie zurück zum Formular und senden Sie es erneut ab.',
    failedTitle: 'Das Warten hat nicht geklappt',
    late: 'Diese Seite ist zu alt, wurde schon benutzt oder gehört zu einer anderen Verbindung. Bitte versuchen Sie es noch einmal.',
    noStyles:
      'Ihr Browser hat nicht geladen, was Browser laden: Wir achten auf Cookies, Stylesheets und Bilder. Bitte erlauben Sie sie für diese Website und versuchen Sie es noch einmal.',
    full: 'Viele Menschen in Ihrem Netz haben innerhalb der letzten Stunde gewartet. Bitte versuchen Sie es später noch einmal.',
    off: 'Die Website wird angegriffen, darum können zurzeit nur Browser geprüft werden, die Skripte ausführen. Bitte erlauben Sie Skripte für diese Website, oder versuchen Sie es später noch einmal.',
  },
  block: {
    title: 'Der Zugriff ist gesperrt',
    lead: 'Diese Website nimmt zurzeit keine Anfragen von Ihrer Verbindung an.',
    reasonTitle: 'Grund',
    reasons: {
      'sign-in': 'zu viele misslungene Anmeldeversuche',
      probing: 'Anfragen, die nach Schwachstellen suchen',
      attack: 'ein Angriff auf die Website',
      spam: 'Versand von Spam',
      flood: 'zu viele Anfragen in kurzer Zeit',
      crawling: 'automatisches Lesen sehr vieler Seiten',
      list: 'die Adresse steht auf einer Liste bekannter Angreifer',
      operator: 'eine Entscheidung des Betreibers',
      other: 'verdächtige Anfragen',
    },
    endsTitle: 'Endet',
    ends: '{in} ({at})',
    endsUnknown: 'nicht festgelegt',
    shared:
      'Vielleicht waren Sie es gar nicht: Mehrere Menschen können sich eine Adresse teilen, und ein Gerät kann befallen sein, ohne dass es jemand merkt.',
  },
  appeal: {
    title: 'Ist das ein Irrtum?',
    lead: 'Schreiben Sie dem Betreiber der Website. Ihre Nachricht kommt zusammen mit der Vorgangsnummer an.',
    message: 'Was wollten Sie tun?',
    email: 'Ihre E-Mail-Adresse',
    emailHint: 'Freiwillig. Nur nötig, wenn Sie eine Antwort möchten.',
    send: 'Nachricht senden',
    trap: 'Dieses Feld bitte leer lassen',
    thanksTitle: 'Vielen Dank',
    thanks: 'Ihre Nachricht wurde an den Betreiber der Website weitergegeben.',
    refusedTitle: 'Ihre Nachricht wurde nicht gesendet',
    tooMany:
      'Es sind schon viele Nachrichten eingegangen. Bitte versuchen Sie es in einer Stunde noch einmal.',
    tooOld:
      'Das Formular war zu alt. Bitte öffnen Sie die Seite neu und senden Sie Ihre Nachricht noch einmal.',
    empty: 'Bitte schreiben Sie, was Sie tun wollten, in höchstens 1000 Zeichen.',
    badEmail:
      'Die E-Mail-Adresse ist nicht vollständig. Bitte berichtigen Sie sie, oder lassen Sie das Feld leer.',
    lost: 'Der Betreiber der Website ist auf diesem Weg zurzeit nicht erreichbar. Bitte versuchen Sie es später noch einmal.',
  },
  throttle: {
    title: 'Bitte etwas langsamer',
    lead: 'Von Ihrer Verbindung kamen viele Anfragen in kurzer Zeit. Wartezeit bis zum nächsten Versuch: {time}.',
    more: 'Es ist nichts gesperrt.',
  },
  unreachable: {
    title: 'Die Website antwortet nicht',
    lead: 'Die Website ist zurzeit nicht erreichbar. Das liegt nicht an Ihnen. Bitte versuchen Sie es in einer Minute noch einmal.',
    more: 'Falls Sie ein Formular abgeschickt haben, sehen Sie bitte zuerst nach, ob es angekommen ist.',
  },
  tooSlow: {
    title: 'Die Website braucht zu lange',
    lead: 'Die Website hat nicht rechtzeitig geantwortet. Das liegt nicht an Ihnen. Bitte versuchen Sie es in einer Minute noch einmal.',
    more: 'Falls Sie ein Formular abgeschickt haben, sehen Sie bitte zuerst nach, ob es angekommen ist.',
  },
  closed: {
    title: 'Diese Seite ist vorübergehend geschlossen',
    lead: 'Ein Teil des Schutzes dieser Website läuft nicht, und ohne ihn wird diese Seite nicht gezeigt. Bitte versuchen Sie es in einer Minute noch einmal.',
    more: 'Die anderen Seiten der Website sind offen.',
  },
  stepUp: {
    title: 'Bitte bestätigen Sie, dass Sie es sind',
    lead: 'Etwas an diesem Besuch ist für Ihr Konto ungewöhnlich. Bitte melden Sie sich zu Ihrer Sicherheit erneut an, bevor Sie fortfahren.',
    more: 'Es wurde nichts geändert.',
  },
};
