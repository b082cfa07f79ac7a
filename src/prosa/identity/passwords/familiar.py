"""Words that passwords are made of most often, in the languages of this product's users: guessers begin with them.

From what reports of leaked passwords have named year after year; `policy` adds the digits, marks and disguises around them.
"""

from typing import Final

_WORDS = """
password passwort passw0rd senha senhas minhasenha novasenha suasenha mypassword newpassword passwordpassword mudar mudarsenha
trocar trocarsenha changeme changeit secret segredo secreto letmein welcome bemvindo bemvinda login entrar acesso access
admin administrator administrador root toor superuser supervisor usuario user guest convidado visitante test teste testing
tester demo default master mestre temp temporario temppass system sistema server servidor database computer computador
internet windows microsoft google facebook instagram whatsapp youtube samsung motorola android iphone linkedin
qwerty qwertyuiop qwertz azerty asdf asdfgh asdfghjkl asdfasdf zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc qwe asd zxc
1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx q1w2e3r4 q1w2e3r4t5 a1b2c3 a1b2c3d4 abc abcd abcdef abc123 abcd1234 123qwe
123456a a123456 qwe123 asd123 1234qwer qwer1234 asdf1234 zxcv1234 aa123456 iloveyou loveyou teamo euteamo eteamo
amor amorzinho
meuamor amoreterno love lovely paixao querida querido princess princesa principe rainha angel anjo anjinho babygirl baby bebe
sweetheart chocolate cookie sunshine flower flores borboleta butterfly estrela starwars superman batman spiderman homemaranha
pokemon pikachu naruto minecraft roblox freefire dragon dragonball monkey macaco tigger tiger tigre lion leao shadow hunter
killer ninja samurai phoenix eagle aguia cachorro cachorra gatinha gatinho gato dog princesinha trustno freedom liberdade
whatever nothing nada ninguem qualquer qualquercoisa naosei esqueci esqueciasenha forever parasempre friends amigos amizade
family familia familiar mother mamae minhamae papai father brother irmao hermano
football futebol soccer baseball basketball basquete hockey volei brasil brazil braziu saopaulo riodejaneiro bahia fortaleza
ceara recife salvador curitiba flamengo mengao corinthians timao palmeiras saopaulofc santos santosfc vasco vascodagama
fluminense botafogo gremio internacional colorado cruzeiro atletico galo bahiaec sport cearasc barcelona realmadrid liverpool
arsenal chelsea juventus ronaldo ronaldinho neymar neymarjr messi pele
jesus jesuscristo jesustiama jesusteama cristo deus deusefiel deusnocomando deusebom deuseamor senhor nossasenhora aparecida
gloria aleluia jesusechrist blessed
michael jordan jennifer jessica ashley michelle charlie daniel andrew joshua matthew thomas robert george william anthony
maria jose joao ana antonio francisco carlos paulo pedro lucas gabriel gabriela rafael rafaela mateus matheus bruno bruna
felipe fernando fernanda gustavo guilherme leonardo leandro eduardo marcelo marcos rodrigo ricardo roberto sergio vinicius
thiago tiago daniela camila amanda juliana larissa leticia mariana patricia vanessa beatriz isabela vitoria victoria
summer winter spring autumn verao inverno janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro
dezembro january february october november december monday friday segunda sexta domingo
mustang ferrari corvette porsche mercedes harley yamaha honda
company empresa empresas business negocio trabalho escritorio office escola school faculdade universidade
hello hellohello helloworld ola olamundo oi bomdia boanoite goodmorning
chatgpt openai chatbot assistant assistente observatorio industria
matrix metallica nirvana slipknot blink eminem rockstar anime music musica guitar violao
money dinheiro dollar million milionario lottery sucesso vencedor winner champion campeao campeoes
"""
FAMILIAR: Final = frozenset(_WORDS.split())

DISGUISES: Final = str.maketrans("0134578@$!", "oieastbasi")

_FORWARD = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    *("qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn"),
    *("1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm"),
    "qweasdzxcrtyfghvbn",
)
ROWS: Final = _FORWARD + tuple(row[::-1] for row in _FORWARD)
"""Walks along the keyboard, the alphabet and the digits."""
