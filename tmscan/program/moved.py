"""Names of the standard library from Python 2 and `six.moves`: in goes one, out comes its name today."""

from __future__ import annotations

_LAYERS = ("django.utils.six.moves", "six.moves", "future.moves", "sklearn.externals.six.moves")
_TODAY = {
    "BaseHTTPServer": "http.server",
    "CGIHTTPServer": "http.server",
    "ConfigParser": "configparser",
    "Cookie": "http.cookies",
    "HTMLParser": "html.parser",
    "Queue": "queue",
    "SimpleHTTPServer": "http.server",
    "SimpleXMLRPCServer": "xmlrpc.server",
    "SocketServer": "socketserver",
    "StringIO": "io",
    "__builtin__": "builtins",
    "cPickle": "pickle",
    "cStringIO": "io",
    "cookielib": "http.cookiejar",
    "html_parser": "html.parser",
    "http_client": "http.client",
    "http_cookiejar": "http.cookiejar",
    "http_cookies": "http.cookies",
    "httplib": "http.client",
    "urllib2": "urllib.request",
    "urllib_error": "urllib.error",
    "urllib_parse": "urllib.parse",
    "urllib_robotparser": "urllib.robotparser",
    "urlparse": "urllib.parse",
    "xmlrpc_client": "xmlrpc.client",
    "xmlrpc_server": "xmlrpc.server",
    "xmlrpclib": "xmlrpc.client",
}


def name_today(name: str) -> str:
    """The dotted name under which Python 3 has what a program imports as `name`; most are called the same."""
    for layer in _LAYERS:
        if name.startswith(f"{layer}."):
            name = name[len(layer) + 1 :]
            break
    head, dot, rest = name.partition(".")
    return f"{_TODAY[head]}{dot}{rest}" if head in _TODAY else name
