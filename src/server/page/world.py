#!/usr/bin/env python3
"""Makes world.svgpaths: the outlines of countries, a line each.

    npm pack world-atlas@2.0.2 && npm pack i18n-iso-countries@7.14.0
    # each unpacked into a folder of its own
    python3 world.py WORLD-ATLAS/countries-110m.json WORLD-ATLAS/countries-50m.json ISO/codes.json > world.svgpaths

The outlines are those of Natural Earth at 1:110m, which are in the public
domain, as world-atlas has them; codes.json only says which number of ISO 3166
is which code. Countries that are too small for that scale are small circles,
where 1:50m has their largest part. A line is CODE, a tab, and a path of SVG. The projection is
equirectangular, 1000 units wide from the strait between America and Asia, and 430 high from 84
degrees north to 56 south, squeezed a little: Antarctica is left out. Outlines
without a code of ISO 3166 have the code "-": they are drawn, and never
coloured.
"""

import itertools
import json
import sys

WIDTH, WEST, NORTH, SOUTH, HEIGHT = 1000, -169.5, 84, -56, 430


def main(atlas_path, finer_path, codes_path):
    atlas, finer = json.load(open(atlas_path)), json.load(open(finer_path))
    codes = {number: code for code, _, number, *_ in json.load(open(codes_path))}
    arcs = decoded(atlas)
    paths = {}
    for country in atlas["objects"]["countries"]["geometries"]:
        code = codes.get(str(country.get("id", "")).zfill(3), "-")
        if code == "AQ":
            continue
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        rings = [ring for polygon in polygons for ring in polygon]
        paths.setdefault(code, []).extend(outline(ring, arcs) for ring in rings)
    finer_arcs = decoded(finer)
    for country in finer["objects"]["countries"]["geometries"]:
        code = codes.get(str(country.get("id", "")).zfill(3), "-")
        if code not in ("-", "AQ") and code not in paths:
            polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
            paths[code] = [dot(max((placed(polygon[0], finer_arcs) for polygon in polygons), key=extent))]
    print("# Outlines of countries: Natural Earth 1:110m, version 4.1.0, in the public domain; made by world.py.")
    for code, rings in sorted(paths.items()):
        print(f"{code}\t{''.join(it for it in rings if it)}")


def decoded(atlas):
    """Undoes the differences and the grid of TopoJSON."""
    (scale_x, scale_y), (offset_x, offset_y) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x, y, points = 0, 0, []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + offset_x, y * scale_y + offset_y))
        arcs.append(points)
    return arcs


def placed(ring, arcs):
    """Joins the arcs of a ring, and places its points on the map in whole tenths."""
    points = []
    for number in ring:
        arc = arcs[number] if 0 <= number else arcs[~number][::-1]
        points.extend(arc if not points else arc[1:])
    across, unwound = 0, []
    for longitude, latitude in points:
        # What crosses the date line goes on.
        across = longitude + 360 * round((across - longitude) / 360) if unwound else longitude
        unwound.append((across, latitude))
    middle = sum(longitude for longitude, _ in unwound) / len(unwound)
    shift = 360 * ((middle - WEST) // 360)
    return [
        (round((longitude - shift - WEST) * WIDTH / 360 * 10), round((NORTH - latitude) * HEIGHT / (NORTH - SOUTH) * 10))
        for longitude, latitude in unwound
    ]


def outline(ring, arcs):
    """Makes a path of a ring, each point relative to the one before."""
    points = [point for point, _ in itertools.groupby(placed(ring, arcs))]
    if len(points) < 4:
        return ""
    text, (x, y) = f"M{number(points[0][0])} {number(points[0][1])}l", points[0]
    for next_x, next_y in points[1:-1]:
        text += f"{number(next_x - x)} {number(next_y - y)} "
        x, y = next_x, next_y
    return text.rstrip().replace(" -", "-") + "z"


def extent(points):
    across, down = [x for x, _ in points], [y for _, y in points]
    return (max(across) - min(across)) * (max(down) - min(down))


def dot(points):
    """Makes a small circle in the middle of a ring."""
    across, down = [x for x, _ in points], [y for _, y in points]
    x, y = (min(across) + max(across)) // 2, (min(down) + max(down)) // 2
    return f"M{number(x - 20)} {number(y)}a2 2 0 1 0 4 0a2 2 0 1 0-4 0z"


def number(tenths):
    text = f"{tenths / 10:.1f}"
    return text.removesuffix(".0").replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text.removesuffix(".0")


main(*sys.argv[1:])
