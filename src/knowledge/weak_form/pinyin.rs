//! Mandarin syllables in pinyin without tones. ü is v, or u after l and n where common.

use std::sync::LazyLock;

/// Syllables of at least two letters of the characters U+4E00 to U+9FFF, as listed in the Hanyu Da Zidian and the
/// Xiandai Hanyu Cidian.
const SYLLABLES: &str = "\
    ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao ce cen \
    ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci \
    cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou \
    du duan dui dun duo ei en eng er fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng \
    gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he hei hen heng hong hou hu hua huai huan \
    huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke \
    kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei len leng li lia lian \
    liang liao lie lin ling liu lo long lou lu luan lue lun luo lv lve ma mai man mang mao me mei men meng mi \
    mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning \
    niu nong nou nu nuan nue nun nuo nv nve ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po \
    pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou \
    ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi \
    shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te \
    tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia \
    xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan \
    yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou \
    zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo";

/// The 100 most common surnames, of three quarters of the population (Ministry of Public Security, 2021), without
/// tones.
const SURNAMES: &str = "\
    wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang han \
    feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lv lu ding ren yao shen zhong cui \
    tan fan liao shi jin jia xia fu fang zou xiong bai meng qin qiu hou yin xue yan duan lei long tao mao hao gu kong \
    wan shao qian ge qi dai mo xiang wen kang";

/// The most common syllables in passwords: I, you, he, love, is, not, want, good, home, mother.
const COMMON: &str = "\
    wo ni ta de shi bu ai hao ma ba mi yao jia xiao da lao gong po you mei men xiang zhi dao tian yi sheng ren zhong \
    guo qing xin hui wei le zai shang xia nian ge jie di zi hua xi huan yong yuan ye";

/// Maximum length of a syllable in letters: zhuang.
pub(super) const MAX_LENGTH: usize = 6;

static SORTED: LazyLock<Box<[&str]>> = LazyLock::new(|| sorted(SYLLABLES));
static SORTED_COMMON: LazyLock<Box<[&str]>> = LazyLock::new(|| sorted(COMMON));
static SORTED_SURNAMES: LazyLock<Box<[&str]>> = LazyLock::new(|| sorted(SURNAMES));

fn sorted(words: &'static str) -> Box<[&'static str]> {
    let mut words: Box<[&str]> = words.split_whitespace().collect();
    words.sort_unstable();
    words
}

/// Returns whether `text` is a syllable.
pub(super) fn is_syllable(text: &str) -> bool {
    SORTED.binary_search(&text).is_ok()
}

/// Returns whether `text` is one of the most common syllables.
pub(super) fn is_common_syllable(text: &str) -> bool {
    SORTED_COMMON.binary_search(&text).is_ok()
}

/// Returns whether `text` is a common surname.
pub(super) fn is_surname(text: &str) -> bool {
    SORTED_SURNAMES.binary_search(&text).is_ok()
}
